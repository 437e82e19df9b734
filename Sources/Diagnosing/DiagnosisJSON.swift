import JSON

extension Diagnosis {
    /// The diagnosis for programs.
    package var json: JSONValue {
        .object([
            (
                "findings",
                .array(
                    sorted.map { finding in
                        .object([
                            ("code", .string(finding.code)), ("gravity", .string(finding.gravity.rawValue)),
                            ("place", .optional(finding.place)), ("message", .string(finding.what)),
                            ("why", .string(finding.why)), ("command", .string(finding.remedy.command)),
                            ("fix", .bool(finding.remedy.fix != nil)),
                        ])
                    })
            ),
            (
                "notes",
                .array(
                    remarks.map { remark in
                        .object(
                            [
                                ("code", .string(remark.code)), ("place", .optional(remark.place)),
                                ("message", .string(remark.what)),
                            ] + (remark.milliseconds.map { [("milliseconds", .number($0))] } ?? []))
                    })
            ),
        ])
    }
}
