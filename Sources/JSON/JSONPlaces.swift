extension JSONObject {
    /// Where the value of `key` stands in the text that was parsed, quotes and brackets included; nil if it is absent
    /// or null.
    public borrowing func place(of key: String) -> Range<Int>? {
        do throws(JSONError) { return try value(key, of: JSONKind.allCases)?.range } catch { return nil }
    }

    /// The same for a member of the object `outer`.
    public borrowing func place(of key: String, in outer: String) -> Range<Int>? {
        guard let start = place(of: outer)?.lowerBound else { return nil }
        do throws(JSONError) {
            guard let place = try object(outer)?.place(of: key) else { return nil }
            return start + place.lowerBound..<start + place.upperBound
        } catch { return nil }
    }
}
