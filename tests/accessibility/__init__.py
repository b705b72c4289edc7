"""Every type of page, for everybody: rules of accessibility, keyboard, small windows, dark mode, print, and valid HTML.

These tests look at pages that a full build made, in the browser that is installed; where there is none they are skipped.
"""
