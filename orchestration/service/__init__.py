"""What a server does by itself: looks for releases, starts runs, raises alerts, writes measurements. A laptop's build needs none of it."""
