"""What fish completes by: a function that sets, for a command, its subcommands, options and places."""

FILE = "warder.fish"


def quoted_fish(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_kind(value):
    """A value's kind for fish: `@kind`, or the possible words."""
    return quoted_fish(" ".join(value) if isinstance(value, list) else f"@{value}" if value else "")


def fish_list(name, rows, depth):
    """A fish list, one row per line."""
    blanks = "    " * depth
    return [] if not rows else [f"{blanks}set {name} " + f" \\\n{blanks}    ".join(" ".join(row) for row in rows)]


def lines(root):
    every = root.all()
    valued = [f"{one.key} {name}" for one in every for o in one.options if o.value is not None for name in o.names]
    text = fish_list("-g __warder_paths", [[quoted_fish(one.key)] for one in every if one.path], 0)
    text += fish_list("-g __warder_valued", [[quoted_fish(each)] for each in valued], 0)
    text += ["", "function __warder_grammar --no-scope-shadowing", '    switch "$path"']
    for one in every:
        named = [(name, option) for option in one.options for name in option.names]
        values = [[name, fish_kind(option.value)] for name, option in named if option.value is not None]
        text.append(f"        case {quoted_fish(one.key)}")
        text += fish_list("subcommands", [[child.path[-1], quoted_fish(child.help)] for child in one.commands], 3)
        text += fish_list("options", [[name, quoted_fish(option.help)] for name, option in named], 3)
        text += fish_list("values", values, 3)
        text += fish_list("places", [[fish_kind(place.value) for place in one.places]] if one.places else [], 3)
        if one.places and (one.places[-1].repeats or one.runs_another):
            text.append(f"            set repeated {fish_kind(one.places[-1].value)}")
    return text + ["    end", "end"]
