"""What a finished edition says of itself to the outside: manifest, feed, the list of editions, and letters to subscribers.

Pure: texts and bytes in, texts and bytes out. No file is read, no connection opened and no clock asked here; that is `orchestration.delivery`.
"""
