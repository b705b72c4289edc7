"""What file managers and office programs leave beside the files that people put into folders: none of it was published or made by a build."""

import re

_LEFT_BEHIND = re.compile(r"\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|\.~lock\..*#|~\$.*", re.IGNORECASE)


def is_left_behind(name: str) -> bool:
    """Whether a file of this name, without its folder, is what a file manager or an office program leaves behind."""
    return _LEFT_BEHIND.fullmatch(name) is not None
