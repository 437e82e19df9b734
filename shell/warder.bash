# The hook of warder for bash.
