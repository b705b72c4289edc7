"""What a build does beside its assets: checks, documents, publication, run history. The assets call it; it knows no asset."""
