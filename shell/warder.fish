# The hook of warder for fish.
