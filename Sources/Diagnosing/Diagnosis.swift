import Failures

/// What all checks together found.
package struct Diagnosis {
    package private(set) var findings: [Finding] = []
    package private(set) var remarks: [Remark] = []
    /// Where each finding is in `findings`, by its place and its command: a home may have thousands.
    private var indices: [[UInt8]: Int] = [:]

    package init() {}

    /// Adds a finding. Of two at one place that the same command mends, the graver stays.
    package mutating func add(_ finding: Finding) {
        let finding = finding.redacted
        let key = finding.mending
        guard let index = indices[key] else {
            indices[key] = findings.count
            return findings.append(finding)
        }
        if finding.gravity < findings[index].gravity { findings[index] = finding }
    }

    /// What this one found that the other did not, without notes.
    package func without(_ other: Diagnosis) -> Diagnosis {
        var rest = Diagnosis()
        for finding in findings where !other.findings.contains(finding) { rest.add(finding) }
        return rest
    }

    package mutating func add(_ remark: Remark) {
        let remark = remark.redacted
        if !remarks.contains(remark) { remarks.append(remark) }
    }

    /// The same with each of its texts changed.
    func mapped(_ change: (String) -> String) -> Diagnosis {
        var other = self
        other.findings = findings.map { finding in
            Finding(
                finding.code, finding.gravity, at: finding.place.map(change), change(finding.what),
                why: change(finding.why),
                Remedy(command: change(finding.remedy.command), fix: finding.remedy.fix))
        }
        other.remarks = remarks.map { remark in
            Remark(
                remark.code, at: remark.place.map(change), change(remark.what), milliseconds: remark.milliseconds)
        }
        return other
    }

    /// The findings, the gravest first, and those of one gravity in the order of the checks.
    package var sorted: [Finding] {
        Finding.Gravity.allCases.flatMap { gravity in findings.filter { $0.gravity == gravity } }
    }

    /// Runs all checks that need no network. Nothing is asked, started or changed.
    package static func offline(_ subject: Subject) -> Diagnosis {
        var diagnosis = Diagnosis()
        for check in Checks.offline { check.run(subject, &diagnosis) }
        return diagnosis
    }
}

/// Looks for one kind of fault.
package protocol Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis)
}
