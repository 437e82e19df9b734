# The hook of warder for nu.
