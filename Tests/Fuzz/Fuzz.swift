import CFuzzer
import Glibc

/// The parsers of bytes from outside, each with what must hold for any input.
private let parsers: [String: @Sendable (UnsafeRawBufferPointer) -> Void] = [
    "assuan": fuzzAssuan,
    "config": fuzzConfig,
    "credentials": fuzzCredentials,
    "handoff": fuzzRemotePrompts,
    "http": fuzzRequestHead,
    "json": fuzzJSON,
    "log": fuzzLog,
    "otpauth": fuzzSeed,
    "session": fuzzSession,
    "vault": fuzzVault,
    "xml": fuzzXML,
]

/// The parser that the variable `FUZZ` names. Not an argument: libFuzzer starts itself again to merge and to minimise.
private let parser = getenv("FUZZ").flatMap { parsers[String(cString: $0)] }

/// libFuzzer's buffer has the size of the input, so that AddressSanitizer notices a read past its end.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    parser?(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}

/// `FUZZ=xml Fuzz [libFuzzer's options] FOLDER…`; without the variable, `Fuzz` lists the parsers.
@main
enum Fuzz {
    static func main() {
        guard parser != nil else {
            print(parsers.keys.sorted().joined(separator: "\n"))
            exit(getenv("FUZZ") == nil ? 0 : 2)
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments, testOneInput))
    }
}
