import Profiles
import Secrets
import Testing

@Suite("No input crashes the parser")
struct FuzzTests {
    /// Reads all of a file that can be read, and holds it to what must be true of any.
    private func exercise(_ bytes: [UInt8], _ kind: ProfileFile.Kind) {
        let lines = bytes.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        do throws(ProfileError) {
            let file = try ProfileFile(text: SecretBytes(bytes: bytes), path: "f", kind: kind)
            let set = ProfileSet(
                config: kind == .config ? file : nil, credentials: kind == .credentials ? file : nil)
            for name in set.profileNames.prefix(20) {
                guard let profile = set.profile(name) else {
                    Issue.record("profile \(name) is named but not found")
                    continue
                }
                for key in profile.keys {
                    let isEmpty = (try? profile.written(key))?.value == ""
                    #expect(profile.origin(of: key).map { (1...lines).contains($0.line) } == (isEmpty ? nil : true))
                    _ = try? profile.setting(key)
                    _ = try? profile.nested(key, "name")
                    #expect((profile.secretText(key) == nil) == isEmpty)
                }
            }
        } catch {
            #expect(error.origin.map { (1...lines).contains($0.line) } == true)
        }
    }

    @Test(.enabled(if: Vectors.folder != nil, "WARDER_VECTORS is not set"))
    func survivesTheCorpus() {
        let corpus = Vectors.files(in: "fuzz-corpus")
        #expect(corpus.count == 80)
        for bytes in corpus {
            exercise(bytes, .config)
            exercise(bytes, .credentials)
        }
    }

    static let seeds = [
        "[default]\nregion = eu-west-1\n[profile a]\nrole_arn = x # y\ns3 =\n name = value\n\n more = x\n",
        "\u{FEFF}[profile default]\r\nwarder_key = k\r\ninclude_profile = a\r\n[services s]\r\nsts =\r\n  x = 1\r\n",
        "# c\n; c\n[sso-session s]\n[ profile  a ]; c\nname = value\n -continued\n\t\n -again\n[profile a]\ninclude_profile = a",
    ]

    @Test(arguments: seeds)
    func survivesMutations(_ seed: String) {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(seed.utf8.count)
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(max(bound, 1)))
        }
        let tokens: [[UInt8]] =
            [
                "\n", "\r\n", "\r", "[", "]", "=", " ", "\t", "#", ";", "\0", "[profile ", "[default]\n", "warder_",
                "x = \n y",
                "é", "include_profile = a\n",
            ].map { Array($0.utf8) } + [[0xFF], [0xEF, 0xBB, 0xBF]]
        for round in 0..<7000 {
            var bytes = Array(seed.utf8)
            for _ in 0...random(6) {
                let offset = random(bytes.count)
                switch random(4) {
                case 0: bytes.insert(contentsOf: tokens[random(tokens.count)], at: offset)
                case 1 where !bytes.isEmpty: bytes[offset] = UInt8(random(256))
                case 2: bytes.removeSubrange(offset..<min(bytes.count, offset + random(12)))
                default: bytes.append(contentsOf: bytes[offset..<min(bytes.count, offset + random(20))])
                }
            }
            exercise(bytes, round % 4 == 0 ? .credentials : .config)
        }
    }
}
