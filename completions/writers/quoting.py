"""A word in single quotes, for bash and zsh."""


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"
