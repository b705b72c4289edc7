"""Delivery of a finished edition: to a folder or an object store, then to subscribers, each at most once, and never before its release.

Here are the clock, the files, the mail server and the ledger; what is written into manifests, feeds and letters is `reports.delivery`.
"""
