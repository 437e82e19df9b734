# warder's hook for nushell, 0.101 or newer. Once, at a prompt:
#
#   mkdir ($nu.data-dir | path join vendor/autoload)
#   warder hook nu | save -f ($nu.data-dir | path join vendor/autoload/warder.nu)
#
# or, if it is installed, in config.nu after what sets $env.config.hooks:
#
#   use /usr/share/warder/shell/warder.nu *
#
# It makes `warder use` and `warder drop` change this shell, uses the profile that a folder's .warder names, and keeps
# $env.WARDER_PROMPT ("prod 3h12m") up to date for the prompt. The variables' previous values are in $env.WARDER_SAVED
# as a list of records, which children get as an empty text. While a session is far from its end, a prompt starts no
# process. All other names begin with __warder, since a file that is loaded by itself has no scope of its own.

const __warder_variables = [
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ACCESS_KEY AWS_SECRET_KEY
    AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_CREDENTIAL_EXPIRATION AWS_VAULT WARDER_PROFILE
]

# Names as words of a command line, quoted unless they are plain.
def __warder_profiles [] {
    ^warder names profiles | lines | each {|name|
        if $name =~ '^[A-Za-z_/][\w/.@%+-]*$' { $name } else { $name | to json --raw }
    }
}

# warder's output and messages, for callers that run at a prompt: a hook that ends in an error leaves no variable
# changed, and would call warder again at each prompt.
def __warder_asked [words: list] {
    try { ^warder ...$words | complete } catch {|error|
        { exit_code: 127, stdout: "", stderr: $"warder: ($error.msg)" }
    }
}

# The values of those variables, of the given names, that are set.
def __warder_present [names: list] {
    $names | where {|name| $name in $env } | reduce --fold {} {|name, all| $all | insert $name ($env | get $name) }
}

# Gives the variables these values, and removes the others.
def --env __warder_give_back [values: record] {
    hide-env --ignore-errors ...$__warder_variables
    load-env $values
}

# Sets the variables that warder printed for a profile; the maker is the folder whose .warder names it, or empty.
def --env __warder_take_over [answer: string, profile: string, maker: string] {
    let set = $answer | from json
    let frames = $env.WARDER_SAVED? | default []
    # What a shell started in the folder has inherited is removed when it leaves the folder.
    let is_inherited = $maker != "" and ($frames | is-empty) and ($env.WARDER_PROFILE? | default "") == $profile
    let before = __warder_present (if $is_inherited { [] } else { $__warder_variables })
    # A profile without a region gets the region from before the first use, not that of the previous profile.
    let first = if ($frames | is-empty) { $before } else { $frames | first | get before }
    let kept = $first | columns | where {|name| $name in [AWS_REGION AWS_DEFAULT_REGION] }
    let region = $kept | reduce --fold {} {|name, all| $all | insert $name ($first | get $name) }
    __warder_give_back ($region | merge ($set | transpose name value | where value != null | reduce --fold {} {|row, all|
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
    profile: string@__warder_profiles
    --keys             # Export the credentials themselves
    --read-only        # Narrow the role to AWS's ReadOnlyAccess policy; means --keys
    --no-prompt        # Never ask
    --mfa-code: string # The six digits of the MFA device, if they are needed
] {
    let flags = [[$keys, "--keys"], [$read_only, "--read-only"], [$no_prompt, "--no-prompt"]]
    let options = $flags | where {|flag| $flag.0 } | each {|flag| $flag.1 }
    let code = if $mfa_code == null { [] } else { ["--mfa-code" $mfa_code] }
    # If it fails, this ends here, and nothing has changed.
    let answer = ^warder use --shell nu ...$options ...$code -- $profile
    __warder_take_over $answer $profile ""
}

# Restores the variables that use set
export def --env "warder drop" [
    --all  # All profiles in use, not only the last
] {
    let frames = $env.WARDER_SAVED? | default []
    if ($frames | is-not-empty) {
        let to = if $all { 0 } else { ($frames | length) - 1 }
        __warder_restore $to
    } else if ($env.WARDER_PROFILE? | default "" | is-not-empty) {
        # Inherited from the shell that started this one: only that shell knows the previous values.
        hide-env --ignore-errors ...$__warder_variables
    } else if not $all {
        error make --unspanned { msg: "warder: no profile is in use", help: "warder use PROFILE" }
    }
}

# Restores what was set before so many profiles were in use.
def --env __warder_restore [depth: int] {
    let frames = $env.WARDER_SAVED
    __warder_give_back ($frames | get $depth | get before)
    $env.WARDER_SAVED = $frames | take $depth
}

def __warder_remaining [end: datetime] { (($end - (date now)) / 1sec) | math floor }

# Says once that the session is about to expire, and once that it has expired.
def --env __warder_at_prompt [] {
    let profile = $env.WARDER_PROFILE? | default ""
    let end = $env.AWS_CREDENTIAL_EXPIRATION? | default ""
    let left = if ($end | is-empty) { null } else { try { __warder_remaining ($end | into datetime) } catch { null } }
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

# The nearest folder with a .warder, from the current one up to the home folder.
def __warder_nearest [] {
    mut folder = $env.PWD
    loop {
        # A folder that may not be read: nushell does not document whether that is an error.
        if (try { $folder | path join .warder | path exists } catch { false }) { return $folder }
        if $folder in ["/" $env.HOME?] { return "" }
        $folder = $folder | path dirname
    }
}

# Leaves the folder whose .warder was used, and enters the one that the shell is in.
def --env __warder_at_folder [] {
    let found = __warder_nearest
    let here = $env.WARDER_ROOT? | default ""
    if $found != $here {
        let frames = $env.WARDER_SAVED? | default []
        let made = $frames | enumerate | where item.maker != ""
        if ($made | is-not-empty) { __warder_restore $made.0.index }
        $env.WARDER_ROOT = $found
        let is_free = ($frames | is-empty) or ($made | is-not-empty)
        if ($found | is-not-empty) and $is_free {
            let folder = __warder_asked ["folder" "--shell-hook"]
            let profile = $folder.stdout | split row "\t" | first
            let taken = if $folder.exit_code != 0 { $folder } else {
                __warder_asked ["use" "--shell" "nu" "--no-prompt" "--" $profile]
            }
            if $taken.exit_code == 0 {
                __warder_take_over $taken.stdout $profile $found
            } else if ($taken.stderr | is-not-empty) { print --stderr ($taken.stderr | str trim) }
        }
    }
}

export-env {
    # Identified by the process: a shell started inside inherits the variable, and must load the hook for itself.
    let process = $nu.pid | into string
    if ($env.WARDER_LOADED? | default "") != $process {
        $env.WARDER_LOADED = $process
        $env.WARDER_SAVED = []
        $env.WARDER_SAID = 0
        $env.WARDER_ROOT = ""
        # Newer versions pass a list on to programs, as JSON: the previous values, keys among them, are not for
        # programs.
        $env.ENV_CONVERSIONS = ($env.ENV_CONVERSIONS? | default {} | merge {
            WARDER_SAVED: { from_string: {|text| [] }, to_string: {|frames| "" } }
        })
        $env.config = ($env.config? | default {}
            | upsert hooks.pre_prompt {|config|
                ($config.hooks?.pre_prompt? | default []) | append {|| __warder_at_folder; __warder_at_prompt }
            })
    }
}
