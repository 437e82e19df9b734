# warder's hook for nushell, 0.101 or newer. In config.nu, behind what sets $env.config.hooks:
#
#   warder hook nu | save -f ($nu.data-dir | path join vendor/autoload/warder.nu)      once, or
#   use /usr/share/warder/shell/warder.nu *                                            where it is installed
#
# It makes `warder use` and `warder drop` change this shell, uses the profile that a folder's .warder names, and keeps
# $env.WARDER_PROMPT ("prod 3h12m") up to date for the prompt. What the variables were before stands in $env.WARDER_SAVED
# as a list of records, which nushell gives to no child. While a session is far from its end, a prompt starts no process.

const variables = [
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ACCESS_KEY AWS_SECRET_KEY
    AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_CREDENTIAL_EXPIRATION WARDER_PROFILE
]

def profiles [] { ^warder names profiles | lines }

# What the variables are: those that are set.
def present [] {
    $variables | reduce --fold {} {|name, all|
        let value = $env | get --ignore-errors $name
        if $value == null { $all } else { $all | insert $name $value }
    }
}

# Gives the variables these values, and takes the others away.
def --env give-back [values: record] {
    hide-env --ignore-errors ...$variables
    load-env $values
}

def --env take-over [profile: string, maker: string, options: list<string>] {
    let answer = ^warder use --shell nu ...$options -- $profile
    let set = $answer | from json
    let frames = $env.WARDER_SAVED? | default []
    let before = present
    # A profile without a region gets the region that was there before the first one, not that of the last.
    let first = if ($frames | is-empty) { $before } else { $frames | first | get before }
    let kept = $first | columns | where {|name| $name in [AWS_REGION AWS_DEFAULT_REGION] }
    let region = $kept | reduce --fold {} {|name, all| $all | insert $name ($first | get $name) }
    give-back ($region | merge ($set | transpose name value | where value != null | reduce --fold {} {|row, all|
        $all | insert $row.name $row.value
    }))
    let is_again = ($frames | is-not-empty) and (($frames | last | get profile) == $profile)
    if not $is_again {
        $env.WARDER_SAVED = $frames | append { before: $before, profile: $profile, maker: $maker }
    }
    $env.WARDER_SAID = 0
}

# Uses a profile in this shell
export def --env "warder use" [
    profile: string@profiles
    --keys             # Export the credentials themselves
    --read-only        # Narrow the role to AWS's ReadOnlyAccess policy; means --keys
    --no-prompt        # Never ask
    --mfa-code: string # The six digits of the MFA device, if they are needed
] {
    let flags = [[$keys, "--keys"], [$read_only, "--read-only"], [$no_prompt, "--no-prompt"]]
    let options = $flags | where {|flag| $flag.0 } | each {|flag| $flag.1 }
    take-over $profile "" ($options | append (if $mfa_code == null { [] } else { [--mfa-code $mfa_code] }))
}

# Takes back what use has set
export def --env "warder drop" [
    --all  # All profiles in use, not only the last
] {
    let frames = $env.WARDER_SAVED? | default []
    if ($frames | is-not-empty) {
        let to = if $all { 0 } else { ($frames | length) - 1 }
        restore $to
    } else if ($env.WARDER_PROFILE? | default "" | is-not-empty) {
        # From the shell that started this one, and only that one knows what was before.
        hide-env --ignore-errors ...$variables
    } else if not $all {
        error make --unspanned { msg: "warder: no profile is in use", help: "warder use PROFILE" }
    }
}

# Gives back what was before so many profiles were in use.
def --env restore [depth: int] {
    let frames = $env.WARDER_SAVED
    give-back ($frames | get $depth | get before)
    $env.WARDER_SAVED = $frames | take $depth
}

def remaining [end: datetime] { (($end - (date now)) / 1sec) | math floor }

# Says that the end is near, once, and that it has come, once.
def --env at-prompt [] {
    let profile = $env.WARDER_PROFILE? | default ""
    let end = $env.AWS_CREDENTIAL_EXPIRATION? | default ""
    let left = if ($end | is-empty) { null } else { try { remaining ($end | into datetime) } catch { null } }
    $env.WARDER_PROMPT = if ($profile | is-empty) { "" } else if $left == null { $profile } else if $left >= 3600 {
        $"($profile) ($left // 3600)h($left mod 3600 // 60 | fill --alignment right --character '0' --width 2)m"
    } else if $left >= 60 { $"($profile) ($left // 60)m" } else if $left > 0 { $"($profile) ($left)s" } else {
        $"($profile) ended"
    }
    let said = $env.WARDER_SAID? | default 0
    if ($profile | is-not-empty) and $left != null {
        if $left <= 0 and $said < 2 {
            $env.WARDER_SAID = 2
            print --stderr $"warder: the session of ($profile) has ended\nhint: warder use ($profile)"
        } else if $left > 0 and $left <= 300 and $said < 1 {
            $env.WARDER_SAID = 1
            print --stderr $"warder: the session of ($profile) ends in (($left + 59) // 60) minutes\nhint: warder use ($profile)"
        }
    }
}

# The nearest folder with a .warder, from the present one up to the home folder.
def nearest [] {
    mut folder = $env.PWD
    loop {
        if ($folder | path join .warder | path exists) { return $folder }
        if $folder in [/, $env.HOME] { return "" }
        $folder = $folder | path dirname
    }
}

# Leaves the folder whose .warder was used, and enters the one that the shell is in.
def --env at-folder [] {
    let found = nearest
    let here = $env.WARDER_ROOT? | default ""
    if $found != $here {
        let frames = $env.WARDER_SAVED? | default []
        let first = $frames | enumerate | where item.maker != "" | get --ignore-errors 0.index
        if $first != null { restore $first }
        $env.WARDER_ROOT = $found
        let is_free = ($env.WARDER_SAVED? | default [] | is-empty) or $first != null
        if ($found | is-not-empty) and $is_free {
            let answer = ^warder folder --shell-hook | complete
            if $answer.exit_code == 0 {
                take-over ($answer.stdout | split row "\t" | first) $found [--no-prompt]
            } else if ($answer.stderr | is-not-empty) { print --stderr ($answer.stderr | str trim) }
        }
    }
}

export-env {
    if ($env.WARDER_LOADED? | default false) != [true] {
        # A list, which no child gets: a shell started inside loads the hook for itself.
        $env.WARDER_LOADED = [true]
        $env.config = ($env.config? | default {}
            | upsert hooks.pre_prompt {|config|
                ($config.hooks?.pre_prompt? | default []) | append {|| at-folder; at-prompt }
            })
    }
}
