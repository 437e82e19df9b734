# The hook of warder for zsh.
