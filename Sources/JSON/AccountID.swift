extension JSONObject {
    /// The number of an AWS account: a string as AWS writes it, or a number as some programs do, which loses its
    /// leading zeros. It is not secret.
    ///
    /// - Throws: `.wrongType`, also for a number of more than twelve digits.
    public borrowing func accountID(_ key: String) throws(JSONError) -> String? {
        do throws(JSONError) { return try text(key) } catch {}
        guard let number = try integer(key) else { return nil }
        let digits = String(number)
        guard number > 0, digits.utf8.count <= 12 else { throw .wrongType(key: key) }
        return String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }
}
