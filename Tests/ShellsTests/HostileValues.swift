/// Five hundred values that somebody could put where warder reads from: the same ones each time.
let hostileValues: [[UInt8]] = {
    var values = handpicked.map { Array($0.utf8) } + malformed
    values.append([UInt8](repeating: UInt8(ascii: "'"), count: 64 << 10))
    values.append(Array(String(repeating: "\\ $(touch ran) é", count: 4 << 10).utf8))
    var state: UInt64 = 0x5eed
    func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
    var seen = Set(values)
    while values.count < 500 {
        var value: [UInt8] = []
        for _ in 0...next(6) {
            // One in eight is a control character or malformed, so that most of the values get through.
            value += next(8) == 0 ? pieces[next(pieces.count)] : printable[next(printable.count)]
        }
        if seen.insert(value).inserted { values.append(value) }
    }
    return values
}()

/// Holds a control character: C0 or DEL.
func holdsControl(_ value: [UInt8]) -> Bool { value.contains { $0 < 0x20 || $0 == 0x7f } }

/// Is well-formed UTF-8.
func isUnicode(_ value: [UInt8]) -> Bool { String(validating: value, as: UTF8.self) != nil }

private let handpicked =
    [
        "", " ", "  ", "a b", "a  b", "  a  ", "\t", "a\tb", "\n", "a\nb", "a\n", "\na", "\r", "a\rb", "a\r\nb", "\0",
        "a\0b", "\u{1b}[2J", "\u{1b}]0;x\u{7}", "\u{7f}", "\u{8}", "\u{b}", "\u{c}",
        "'", "''", "'''", "\"", "\"\"", "`", "``", "\\", "\\\\", "\\\\\\", "\\'", "'\\''", "\\\"", "a'b\"c`d\\e",
        "$", "$$", "$HOME", "${HOME}", "${HOME:-x}", "$(touch ran)", "`touch ran`", "$((1+1))", "$[1+1]", "${x:=y}",
        "$'\\n'", "$\"x\"", "$IFS", "$?", "$0", "$@", "$*", "$#", "$!", "(touch ran)", "{ touch ran; }", "<(touch ran)",
        ">(touch ran)", "=(touch ran)", "=ls", "a:=ls", "~", "~root", "a:~root", "~+", "~-", "~1", "=", "==", "a=b",
        ";", ";;", "; touch ran", "& touch ran", "&& touch ran", "|| touch ran", "| touch ran", "|& touch ran",
        "> ran", ">> ran", "2> ran", "< /etc/passwd", "<< EOF", "<<< x", "&> ran", "; exit 1", "; return 1",
        "*", "?", "[a-z]", "[!a]", "**", "/*", "./*", "*(e:'touch ran':)", "a*b", "^a", "a~b", "a#b", "#", "# a",
        "a #b",
        "{a,b}", "{1..9}", "{a", "a}", "{}", "!", "!!", "!$", "!-1", "!touch", "^a^b^", "a!b",
        "-", "--", "-n", "-e", "-x", "--help", "-p", "-f", "--", "+x", "@", "@(a|b)", "+(a)", "!(a)", "%", "%s", "%1",
        "%%",
        "../", "../../etc/passwd", "/etc/passwd", "/dev/null", ".", "..", "file://x", "C:\\x",
        "é", "e\u{301}", "ü ß", "日本 語", "😀", "\u{1f468}\u{200d}\u{1f469}", "\u{202e}txt.exe", "\u{2066}a\u{2069}",
        "\u{200b}", "\u{feff}a", "\u{a0}", "\u{2028}", "\u{2029}", "\u{85}", "\u{9b}31m",
        "\u{f600}", "\u{f6ff}", "\u{e000}", "\u{fffd}", "\u{338}", "ﬁ", "Å\u{212b}A\u{30a}",
        "‘", "’", "‚", "‛", "“x”", "„", "‘; touch ran; ’", "'; touch ran; '", "’’", "a‘‘b", "‘'", "'‘", "中;touch ran",
        "中'; touch ran; '", "é\\", "中\\'", "é$(touch ran)", "é é",
        "::add-mask::x", "a::b", "x<<EOF", "a=b<<c", "%0A", "%25", "NAME=value", "export A=b", "unset HOME", "false;",
        "null", "true", "{\"a\":1}", "</script>", "\\u0000", "\\x00", "\\012", "\\c", "\\e", "a\\", "\\ ", " \\",
        "\\\n",
        "if", "then", "do", "end", "function", "set -e x", "begin; touch ran; end", "and touch ran", "; or touch ran",
        "(touch ran)(touch ran)", "$argv", "$status", "$Env:PATH", "$(throw)", "@'", "'@", "@{a=1}", "`n", "`$x", "--%",
    ] + [0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x10ffff].compactMap { Unicode.Scalar($0 as UInt32).map { String($0) } }

/// Not UTF-8: a lone continuation, a cut character, an overlong one, a surrogate, past the end, Latin-1.
private let malformed: [[UInt8]] = [
    [0x80], [0xc3], [0xc0, 0xa7], [0xe0, 0x80, 0xa7], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff, 0xfe],
    [0xe9], [0x61, 0xe9, 0x62], [0xe4, 0xb8], [0xe4, 0xb8, 0x27], [0xe4, 0xb8, 0x5c], [0xad, 0x3b, 0x61],
    [0x81, 0x5c, 0x27], [0xf0, 0x9f], [0x83, 0x27], [0x84, 0x24, 0x28], [0xa2, 0x20], [0xfe, 0x3b], [0x9b, 0x6d],
]

private let printable = handpicked.map { Array($0.utf8) }.filter { !holdsControl($0) && !$0.isEmpty }
private let pieces = handpicked.map { Array($0.utf8) }.filter { holdsControl($0) } + malformed
