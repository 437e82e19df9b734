import Foundation
import Secrets
import Testing
import XML

@Suite("An XML document")
struct DocumentTests {
    private func text(_ xml: String, at path: String) throws -> String? {
        let document = try Document(parsing: secret(xml))
        var element: Document.Element? = document.root
        for name in path.split(separator: "/") {
            element = element.flatMap { document.element(String(name), under: $0) }
        }
        return element.map { document.string($0) }
    }

    @Test(
        "gives the text of an element",
        arguments: [
            ("<a><b>c</b></a>", "b", "c"), ("<a>\n <b>\n  <c>d</c> </b> </a>", "b/c", "d"), ("<a>b</a>", "", "b"),
            ("<a><b/></a>", "b", ""), ("<a><b>1</b><b>2</b></a>", "b", "1"),
            ("<x:a xmlns:x='u'><x:b>c</x:b></x:a>", "b", "c"),
            ("<a><b>&lt;&amp;&#65;&#x42;</b></a>", "b", "<&AB"),
            ("<a><b>1<!-- no -->2<![CDATA[<3]]></b></a>", "b", "12<3"),
            ("<a>x<b>1</b>y<c>2</c>z</a>", "c", "2"), ("<a>x<b>1</b>y<c>2</c>z</a>", "", ""),
            ("<?xml version='1.0' encoding='utf-8'?><a>é</a>", "", "é"), ("\u{FEFF}<a>b</a>", "", "b"),
            ("<a b='c'>d</a>", "", "d"),
        ])
    func read(xml: String, path: String, expected: String) throws {
        #expect(try text(xml, at: path) == expected)
    }

    @Test("has no element where the names lead nowhere")
    func missing() throws {
        #expect(try text("<a><b><c>d</c></b></a>", at: "c") == nil)
        #expect(try text("<a><b><c>d</c></b></a>", at: "b/c/d") == nil)
    }

    @Test("gives the children in their order, and secrets as secrets")
    func children() throws {
        let document = try Document(parsing: secret("<a><m>1</m><n/><m>2</m></a>"))
        let children = document.children(of: document.root)
        #expect(children.map(\.name) == ["m", "n", "m"])
        #expect(document.string(children[2]) == "2")
        #expect(document.secret(children[2]).withBytes { $0.byteCount } == 1)
    }

    static let refusals: [(String, XMLError)] = [
        ("", .empty), (" \r\n\t", .empty),
        ("<!DOCTYPE a><a/>", .documentType(line: 1)),
        ("<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", .documentType(line: 2)),
        ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", .documentType(line: 1)),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a>\u{e9}</a>", .encoding("ISO-8859-1")),
        (nested(33, around: ""), .tooDeep(line: 1)), (nested(32, around: "<b/>"), .tooDeep(line: 1)),
        ("<a>\(String(repeating: "<b/>", count: 2000))</a>", .tooManyElements(line: 1)),
        ("<a>\(String(repeating: "x", count: 256 * 1024))</a>", .tooLarge),
    ]

    private static func nested(_ depth: Int, around text: String) -> String {
        String(repeating: "<a>", count: depth) + text + String(repeating: "</a>", count: depth)
    }

    @Test("is refused", arguments: refusals)
    func refused(xml: String, error: XMLError) {
        #expect(throws: error) { _ = try Document(parsing: secret(xml)) }
    }

    @Test(
        "is refused where it is not well formed",
        arguments: [
            ("<a>", 1), ("<a>\n<b></a>", 2), ("<a></a><b/>", 1), ("{\"a\": 1}", 1), ("<a>&b;</a>", 1), ("<a b=c/>", 1),
            ("<a>\u{1}</a>", 1), ("<html><br></html>", 1), ("plain", 1), ("<a/>x", 1),
        ])
    func malformed(xml: String, line: Int) {
        #expect { _ = try Document(parsing: secret(xml)) } throws: { error in
            guard case XMLError.malformed(let reason, line) = error else { return false }
            return !reason.isEmpty
        }
    }

    @Test(
        "is refused where it is not UTF-8",
        arguments: [[UInt8]([0x3C, 0x61, 0x3E, 0xE9, 0x3C]), [0xFF, 0xFE, 0x3C, 0]])
    func notUTF8(bytes: [UInt8]) {
        var document = SecretBytes(capacity: 16)
        for byte in bytes { document.append(byte) }
        #expect(throws: XMLError.self) { _ = try Document(parsing: document) }
    }

    @Test("is read up to its bounds")
    func bounds() throws {
        let deep = Self.nested(32, around: "x")
        #expect(try Document(parsing: secret(deep)).root.name == "a")
        let wide = "<a>" + String(repeating: "<b/>", count: 1999) + "</a>"
        let document = try Document(parsing: secret(wide))
        #expect(document.children(of: document.root).count == 1999)
    }

    @Test(
        "comes out of the public suite",
        .enabled(if: ProcessInfo.processInfo.environment["WARDER_VECTORS"] != nil, "WARDER_VECTORS is not set"))
    func vector() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["WARDER_VECTORS"])
        let xml = try String(contentsOfFile: folder + "/sts/response-get-session-token.xml", encoding: .utf8)
        #expect(
            try text(xml, at: "GetSessionTokenResult/Credentials/SecretAccessKey")
                == "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY")
        #expect(try text(xml, at: "ResponseMetadata/RequestId") == "58c5dbae-abef-11e0-8cfe-09039844ac7d")
    }
}

private func secret(_ text: String) -> SecretBytes {
    var bytes = SecretBytes(capacity: text.utf8.count)
    bytes.append(text)
    return bytes
}
