"""What bash completes by: a function that sets, for a command, its subcommands, options and places."""

from writers.quoting import quoted

FILE = "warder.bash"


def words(value):
    """A value's kind for bash: `@kind`, or the possible words."""
    return ",".join(value) if isinstance(value, list) else f"@{value}" if value else ""


def lines(root):
    text = ["__warder_grammar() {", "    commands='' options='' values='' places=()", "    case $1 in"]
    for one in root.all():
        text.append(f"        {quoted(one.key)})")
        if one.commands:
            text.append(f"            commands={quoted(' '.join(child.path[-1] for child in one.commands))}")
        names = " ".join(name for option in one.options for name in option.names)
        text.append(f"            options={quoted(names)}")
        valued = [f"{name}:{words(o.value)}" for o in one.options if o.value is not None for name in o.names]
        if valued:
            text.append(f"            values={quoted(' ' + ' '.join(valued) + ' ')}")
        if one.places:
            kinds = " ".join(quoted(words(place.value) + ("*" if place.repeats else "")) for place in one.places)
            text.append(f"            places=({kinds})")
        text.append("            ;;")
    return text + ["    esac", "}"]
