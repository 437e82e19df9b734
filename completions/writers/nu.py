"""What nushell completes by: an `extern` a command."""

import json

FILE = "warder.nu"
# The hook defines these commands.
HOOK = {"use", "drop"}


def nu_type(value):
    if isinstance(value, list):
        return 'string@"nu-complete warder ' + "-or-".join(value) + '"'
    kinds = {"files": "path", "profiles": 'string@"nu-complete warder profiles"',
             "keys": 'string@"nu-complete warder keys"', "sso-sessions": 'string@"nu-complete warder sso-sessions"',
             "commands": 'string@"nu-complete warder commands"'}
    return kinds.get(value, "string")


def lines(root):
    every = root.all()
    lists = {tuple(value): None for one in every for o in [*one.options, *one.places]
             if isinstance(value := o.value, list)}
    text = []
    for each in lists:
        words = " ".join(json.dumps(word) for word in each)
        text.append(f'def "nu-complete warder {"-or-".join(each)}" [] {{ [{words}] }}')
    tops = " ".join(json.dumps(child.path[-1]) for child in root.commands)
    text += [f'def "nu-complete warder commands" [] {{ [{tops}] }}', ""]
    for one in every:
        # A command that runs another one is written by hand below.
        if one.runs_another or one.path and one.path[0] in HOOK:
            continue
        if one.help:
            text.append(f"# {one.help}")
        # A module must export a command of its own name as `main`.
        name = json.dumps(" ".join(("warder", *one.path))) if one.path else "main"
        text.append(f"export extern {name} [")
        for place in one.places:
            dots = "..." if place.repeats else ""
            mark = "" if place.repeats else "?"
            text.append(f"    {dots}{place.name.replace('-', '_')}{mark}: {nu_type(place.value)}")
        if one.commands and not one.places:
            text.append("    command?: string")
        for option in one.options:
            long = next((name for name in option.names if name.startswith("--")), option.names[0])
            short = next((f"({name})" for name in option.names if not name.startswith("--")), "")
            kind = "" if option.value is None else f": {nu_type(option.value)}"
            help = f"  # {option.help}" if option.help else ""
            text.append(f"    {long}{short}{kind}{help}")
        text += ["]", ""]
    return text[:-1]
