import Fields
import Secrets
import Testing

private func secret(_ bytes: [UInt8]) -> SecretBytes {
    bytes.span.withUnsafeBytes { SecretBytes(copying: $0) }
}

private func bytes(_ secret: borrowing SecretBytes) -> [UInt8] { secret.withUnsafeBytes { Array($0) } }

/// What reading `input` to its end gives: tags and values, or the error.
private func fields(_ input: [UInt8]) -> Result<[[UInt8]], FieldsError> {
    input.span.withUnsafeBytes { input in
        Result { () throws(FieldsError) in
            var reader = FieldReader(input)
            var found: [[UInt8]] = []
            while let field = try reader.next() { found.append([field.tag] + Array(field.value)) }
            return found
        }
    }
}

/// What `look` finds in `input`.
private func found<R>(
    in input: [UInt8], _ look: (FieldReader) throws(FieldsError) -> R
) throws(FieldsError) -> R {
    try input.span.withUnsafeBytes { (input) throws(FieldsError) in try look(FieldReader(input)) }
}

@Suite("Fields: written")
struct FieldWriterTests {
    @Test("a field is its tag, its length in four bytes, its value")
    func layout() throws {
        var written = SecretBytes(capacity: 64)
        try written.appendField(7, secret([0xAA, 0xBB]))
        try written.appendField(0, "é")
        written.appendField(255, 0x0102_0304_0506_0708 as UInt64)
        try written.appendField(1, SecretBytes(capacity: 0))
        #expect(
            bytes(written) == [7, 0, 0, 0, 2, 0xAA, 0xBB] + [0, 0, 0, 0, 2, 0xC3, 0xA9]
                + [255, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8] + [1, 0, 0, 0, 0])
    }

    @Test("a value over the limit is refused, and nothing is written")
    func tooLong() throws {
        var written = SecretBytes(capacity: 16)
        let value = SecretBytes(zeros: Field.maximumLength + 1)
        #expect(throws: FieldsError.tooLong(tag: 3)) { try written.appendField(3, value) }
        #expect(bytes(written) == [])
        try written.appendField(3, value.copy(0..<Field.maximumLength))
        #expect(written.count == Field.headerSize + Field.maximumLength)
    }
}

@Suite("Fields: read")
struct FieldReaderTests {
    private let three: [UInt8] = [1, 0, 0, 0, 2, 0x68, 0x69, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0]

    @Test("nothing is no fields")
    func empty() { #expect(fields([]) == .success([])) }

    @Test("fields are given in their order, and where they stand")
    func order() throws {
        #expect(fields(three) == .success([[1, 0x68, 0x69], [2, 0, 0, 0, 0, 0, 0, 1, 0], [3]]))
        let ranges = try found(in: three) { (reader) throws(FieldsError) in
            var reader = reader
            var ranges: [Range<Int>] = []
            #expect(reader.nextTag == 1)
            while let field = try reader.next() { ranges.append(field.range) }
            #expect(reader.nextTag == nil && reader.offset == 25)
            return ranges
        }
        #expect(ranges == [0..<7, 7..<20, 20..<25])
    }

    @Test("text, numbers and secrets are found by tag")
    func byTag() throws {
        #expect(try found(in: three) { (r) throws(FieldsError) in try r.text(1) } == "hi")
        #expect(try found(in: three) { (r) throws(FieldsError) in try r.uint64(2) } == 256)
        #expect(try found(in: three) { (r) throws(FieldsError) in try bytes(r.secret(1)) } == [0x68, 0x69])
        #expect(try found(in: three) { (r) throws(FieldsError) in try r.secret(3).isEmpty })
        #expect(try found(in: three) { (r) throws(FieldsError) in try r.textIfPresent(3) } == "")
    }

    @Test("what is not there is nil where it may be absent, and an error where not")
    func missing() throws {
        #expect(try found(in: three) { (r) throws(FieldsError) in try r.textIfPresent(9) } == nil)
        #expect(try found(in: three) { (r) throws(FieldsError) in try r.uint64IfPresent(9) } == nil)
        let secret = try found(in: three) { (r) throws(FieldsError) in try r.secretIfPresent(9) == nil }
        #expect(secret)
        let error = FieldsError.missing(tag: 9)
        #expect(throws: error) { try found(in: three) { (r) throws(FieldsError) in try r.text(9) } }
        #expect(throws: error) { try found(in: three) { (r) throws(FieldsError) in try r.uint64(9) } }
        #expect(throws: error) { try found(in: three) { (r) throws(FieldsError) in try r.secret(9).count } }
    }

    @Test("a field that is asked for may not be there twice; others may")
    func repeated() throws {
        let twice = three + [3, 0, 0, 0, 0]
        #expect(throws: FieldsError.repeated(tag: 3)) {
            try found(in: twice) { (r) throws(FieldsError) in try r.text(3) }
        }
        #expect(try found(in: twice) { (r) throws(FieldsError) in try r.text(1) } == "hi")
    }

    @Test("a look-up refuses a sequence that is not well formed behind what it looks for")
    func wellFormed() {
        #expect(throws: FieldsError.truncated) {
            try found(in: three + [9, 0]) { (r) throws(FieldsError) in try r.text(1) }
        }
    }

    @Test(
        "text must be UTF-8",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func notUTF8(value: [UInt8]) {
        let input = [4, 0, 0, 0, UInt8(value.count)] + value
        #expect(throws: FieldsError.notUTF8(tag: 4)) {
            try found(in: input) { (r) throws(FieldsError) in try r.text(4) }
        }
    }

    @Test("a number has eight bytes", arguments: [0, 1, 7, 9])
    func width(count: UInt8) {
        let input = [4, 0, 0, 0, count] + [UInt8](repeating: 0, count: Int(count))
        #expect(throws: FieldsError.wrongWidth(tag: 4)) {
            try found(in: input) { (r) throws(FieldsError) in try r.uint64(4) }
        }
    }

    @Test("a length over the limit is refused as such, one over what is there as cut short")
    func lengths() {
        #expect(fields([4, 0xFF, 0xFF, 0xFF, 0xFF]) == .failure(.tooLong(tag: 4)))
        #expect(fields([4, 1, 0, 0, 1, 0]) == .failure(.tooLong(tag: 4)))
        #expect(fields([4, 1, 0, 0, 0, 0]) == .failure(.truncated))
        #expect(fields([4, 0, 0, 0, 2, 0]) == .failure(.truncated))
    }

    @Test("every cut is found, except between two fields")
    func cuts() {
        for size in three.indices {
            let whole: [Int: Int] = [0: 0, 7: 1, 20: 2]
            switch fields(Array(three[..<size])) {
            case .success(let found): #expect(whole[size] == found.count, "\(size) bytes")
            case .failure(let error): #expect(error == .truncated && whole[size] == nil, "\(size) bytes")
            }
        }
    }
}

@Suite("Fields: by position")
struct ByteCursorTests {
    @Test("numbers are big-endian, at any alignment")
    func numbers() throws {
        let input: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
        try input.span.withUnsafeBytes { (input) throws(FieldsError) in
            var cursor = ByteCursor(input)
            #expect(try cursor.uint8() == 0x01)
            #expect(try cursor.uint16() == 0x0203)
            #expect(try cursor.uint32() == 0x0405_0607)
            #expect(try cursor.uint64() == 0x0809_0A0B_0C0D_0E0F)
            #expect(cursor.offset == 15 && cursor.remaining == 1)
            #expect(try cursor.array(1) == [16])
            #expect(try cursor.take(0).count == 0)
        }
    }

    @Test("nothing past the end is given out, and the cursor stays", arguments: [2, 8, Int.max, -1])
    func end(count: Int) {
        let input: [UInt8] = [1]
        input.span.withUnsafeBytes { input in
            var cursor = ByteCursor(input)
            #expect(throws: FieldsError.truncated) { _ = try cursor.take(count) }
            #expect(throws: FieldsError.truncated) { _ = try cursor.uint64() }
            #expect(cursor.offset == 0)
        }
    }
}

@Suite("Fields: at random")
struct FieldsFuzzTests {
    @Test("what is written is read", arguments: 1...50 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = Generator(state: seed)
        var written = SecretBytes(capacity: 0)
        var expected: [[UInt8]] = []
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let tag = UInt8.random(in: 0...255, using: &random)
            let size = Int.random(in: 0...(Bool.random(using: &random) ? 3 : 9000), using: &random)
            let value = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            try written.appendField(tag, secret(value))
            expected.append([tag] + value)
        }
        #expect(fields(bytes(written)) == .success(expected))
    }

    @Test("whatever is read stands in the input, without gap or overlap", arguments: 1...50 as ClosedRange<UInt64>)
    func garbage(seed: UInt64) {
        var random = Generator(state: seed)
        for _ in 0..<200 {
            // Small numbers, so that lengths often fit.
            let input = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...(Int.random(in: 0...9, using: &random) == 0 ? 255 : 1), using: &random)
            }
            input.span.withUnsafeBytes { bytes in
                var reader = FieldReader(bytes)
                var end = 0
                while let field = try? reader.next() {
                    #expect(field.range.lowerBound == end && field.range.upperBound <= input.count)
                    #expect(Array(field.value) == Array(input[field.range].dropFirst(Field.headerSize)))
                    end = field.range.upperBound
                }
            }
        }
    }
}

/// xorshift64 (Marsaglia, "Xorshift RNGs"), so that a failure can be had again.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
