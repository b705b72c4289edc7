"""Files from their publishers, kept exactly as received: finding links, downloading with care, and the store of what was fetched.

Here belongs everything that opens a connection to a publisher, and nothing else in the project does; a build never calls it. What a file says does
not belong here (the parsers of ``transforms.sources``): a file is looked at only as far as it takes to know that it is what it claims
to be and harms nobody who opens it. Addresses are found on the publisher's pages, never made up.
"""
