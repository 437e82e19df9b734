import Foundation
import Glibc
import Linux
import Secrets
import Testing

@Suite("A plain file, piece by piece")
struct PlainFilePiecesTests {
    private let scratch: Scratch
    private var folder: String { scratch.path }

    init() throws { scratch = try Scratch() }

    /// What the pieces hold without what each repeats of the one before; the last byte of each that is repeated.
    private func read(_ path: String, overlap: Int, limit: Int = 1 << 30) throws -> ([UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        let isWhole = try eachPiece(ofPlainFile: path, overlap: overlap, limit: limit) { piece in
            let known = bytes.isEmpty ? 0 : min(overlap, piece.count)
            #expect(Array(piece[..<known]) == Array(bytes.suffix(known)))
            bytes += piece[known...]
        }
        return (bytes, isWhole)
    }

    @Test(arguments: [0, 1, 65_536, 65_537, 200_000], [0, 1, 39])
    func isReadWhole(_ count: Int, _ overlap: Int) throws {
        let path = folder + "/file"
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 / 7) }
        try Data(bytes).write(to: URL(filePath: path))
        let (read, isWhole) = try read(path, overlap: overlap)
        #expect(read == bytes && isWhole)
        if count > 65_536 { #expect(try !self.read(path, overlap: overlap, limit: 65_536).isWhole) }
    }

    /// Opening a pipe without a writer would wait for one, and `/dev/zero` does not end.
    @Test func anythingElseIsNotOpened() throws {
        #expect(mkfifo(folder + "/pipe", 0o600) == 0)
        for path in [folder, folder + "/pipe", folder + "/absent", "/dev/zero"] {
            #expect(throws: FileError.notAFile(path: path)) { _ = try read(path, overlap: 1) }
        }
    }
}

@Suite("A program that is run without a shell")
struct ProgramOutputTests {
    private func output(_ program: String, _ arguments: String..., until deadline: Deadline? = nil) throws -> String {
        try Linux.output(
            ofProgram: program, arguments, withheld: ["HOME"], adding: ["ADDED": "x"], limit: 64, until: deadline
        ).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func argumentsAreTakenLiterally() throws {
        #expect(try output("/bin/echo", "$ADDED;", "a  b") == "$ADDED; a  b")
        #expect(try output("/bin/sh", "-c", "echo \"$ADDED${HOME-none}\"; echo") == "xnone")
    }

    @Test func aDeadlineEndsIt() throws {
        #expect(throws: ChildError.timedOut(program: "/bin/sleep")) {
            _ = try output("/bin/sleep", "60", until: .after(milliseconds: 100))
        }
    }

    @Test func failuresAreTold() throws {
        #expect(throws: ChildError.self) { _ = try output("/nonexistent") }
        #expect(throws: ChildError.tooMuchOutput(program: "/bin/sh", limit: 64)) {
            _ = try output("/bin/sh", "-c", "printf %99s x")
        }
        #expect {
            _ = try output("/bin/sh", "-c", "exit 3")
        } throws: { error in
            if case .some(.failed(_, 3, _)) = error as? ChildError { true } else { false }
        }
    }
}
