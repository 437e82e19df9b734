import Testing
import Text

@Suite("Text by its bytes") struct BytesTests {
    /// One is equal to the other for a reader, and for Swift.
    static let lookalikes = [
        ("/home/é", "/home/e\u{301}"), ("K", "\u{212A}"), (";", "\u{37E}"), ("`", "\u{1FEF}"), ("Å", "\u{212B}"),
    ]

    @Test("what only looks the same is not", arguments: lookalikes) func equivalent(_ one: String, _ other: String) {
        #expect(one == other)
        #expect(!one.isSame(as: other) && one.isSame(as: one))
        #expect(ByteText(one) != ByteText(other) && Set([ByteText(one), ByteText(other), ByteText(one)]).count == 2)
        #expect(![other].holds(one) && [other, one].holds(one))
        #expect(!(one + "/x").begins(with: other) && !("x" + one).ends(with: other))
    }

    @Test("a mark on a separator takes nothing of it away", arguments: ["\u{301}", "\u{338}", "\u{200d}", "\u{fe0f}"])
    func marked(_ mark: String) {
        let path = "/usr/\(mark)bin/\(mark)x"
        #expect(path.begins(with: "/usr/") && path.ends(with: "/\(mark)x") && "/\(mark)".begins(with: "/"))
        #expect(folder(ofPath: path) == "/usr/\(mark)bin")
        #expect(lastPart(ofPath: path).isSame(as: "\(mark)x"))
        #expect(path.removingPrefix("/usr/")?.isSame(as: "\(mark)bin/\(mark)x") == true)
        #expect("a=\(mark)".holds("=") && "\r\n".holds("\n"))
    }

    @Test("a part is found by its bytes")
    func part() {
        #expect("arn://x".includes("://") && "://".includes("://") && "a::://".includes("://") && "a".includes(""))
        #expect(!"a:/".includes("://") && !"".includes("://") && !"://".includes(":///"))
        #expect("://\u{301}".includes("://") && "\r\n".includes("\r") && !"e\u{301}".includes("\u{e9}"))
    }

    @Test("paths") func paths() {
        #expect(folder(ofPath: "/a") == "" && folder(ofPath: "a") == nil && folder(ofPath: "a/b/") == "a/b")
        #expect(lastPart(ofPath: "/a") == "a" && lastPart(ofPath: "a") == "a" && lastPart(ofPath: "a/b/") == "")
        #expect("/a/b".removingPrefix("/a/b/") == nil && "/a/b".removingPrefix("/a/b") == "")
    }
}
