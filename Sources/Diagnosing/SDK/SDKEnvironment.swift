import Chains
import Failures
import Linux
import Profiles
import Setup
import Text
import Times

/// Variables that SDKs look at before any profile, and those that choose the profile and the files.
enum SDKEnvironment: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let files = try? subject.awsFiles.get() else { return }
        let variables = SDKVariables(environment: subject.context.environment, now: subject.context.now)
        let isMeant = subject.profile != nil || subject.meant.areAny
        var isTold = false
        switch variables.key(isMeant: isMeant, needs: needs(files.profiles, "credential_source", "Environment")) {
        case .nothing: break
        case .finding(let finding):
            // Its command unsets the token too.
            isTold = true
            diagnosis.add(finding)
        case .remark(let remark): diagnosis.add(remark)
        }
        if !isTold, let finding = variables.staleToken { diagnosis.add(finding) }
        identity(subject, files.profiles, isMeant, &diagnosis)
        for finding in chosen(subject, files) { diagnosis.add(finding) }
        for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] { file(variable, subject, &diagnosis) }
    }

    /// Whether a profile has this value for a setting: it lives on what the environment holds.
    private static func needs(_ profiles: ProfileSet, _ key: String, _ value: String) -> Bool {
        profiles.profileNames.contains { name in
            ((try? profiles.profile(name)?.setting(key)) ?? nil)?.value.isSame(as: value) == true
        }
    }

    // MARK: - A web identity

    private static func identity(
        _ subject: Subject, _ profiles: ProfileSet, _ isMeant: Bool, _ diagnosis: inout Diagnosis
    ) {
        let variable = "AWS_WEB_IDENTITY_TOKEN_FILE"
        guard isMeant, let token = subject.context.environment.nonEmpty(variable) else { return }
        let isNeeded = profiles.profileNames.contains { name in
            guard let chain = try? subject.chain(name, webIdentityTokenFile: token) else { return false }
            if case .webIdentity = chain.source { return true }
            return false
        }
        guard !isNeeded else {
            diagnosis.add(
                Remark(
                    "web_identity_variable", at: variable,
                    "programs that name no profile use this pod's web identity"))
            return
        }
        diagnosis.add(
            Finding(
                "environment_web_identity", .broken, at: variable,
                "it is set, and SDKs use it before credential_process",
                why: "programs started without --profile do not ask warder", .run("unset \(variable)")))
    }

    // MARK: - The profile

    private static func chosen(_ subject: Subject, _ files: AWSFiles) -> [Finding] {
        let environment = subject.context.environment
        let variables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].compactMap { variable in
            environment.nonEmpty(variable).map { (variable: variable, name: $0) }
        }
        let absent = variables.filter { files.profiles.profile($0.name) == nil }
        // What a file that cannot be read has is unknown.
        guard absent.isEmpty || files.areWhole else { return [] }
        guard absent.isEmpty else { return absent.map { unknown($0.variable, $0.name, subject, files) } }
        guard variables.count == 2, !variables[0].name.isSame(as: variables[1].name) else { return [] }
        return [
            Finding(
                "two_profiles", .risky, at: "AWS_DEFAULT_PROFILE",
                "it is \(variables[1].name), and AWS_PROFILE is \(variables[0].name)",
                why: "boto3 and AWS CLI 1 use AWS_DEFAULT_PROFILE; all others and warder use AWS_PROFILE",
                .run("unset AWS_DEFAULT_PROFILE"))
        ]
    }

    private static func unknown(_ variable: String, _ name: String, _ subject: Subject, _ files: AWSFiles) -> Finding {
        let remedy: Remedy =
            if files.profiles.misnamed(name) != nil || subject.storedKeys?.contains(name) == true {
                ObstacleRemedies(subject, files.profiles, profile: name).remedy(.noProfile)
            } else if let near = nearest(to: name, among: files.profiles.profileNames) {
                .run("export \(variable)=\(shellWord(near))")
            } else {
                .run("unset \(variable)")
            }
        return Finding(
            "unknown_profile", .broken, at: variable, "there is no profile \(name)",
            why: "programs started without --profile fail", remedy)
    }

    // MARK: - The files

    private static func file(_ variable: String, _ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let written = subject.context.environment.nonEmpty(variable) else { return }
        guard written.begins(with: "/") || written.begins(with: "~/") || written == "~" else {
            let there = absolute(written)
            diagnosis.add(
                Finding(
                    "relative_file", .broken, at: variable, "it is a relative path, \(written)",
                    why: "programs started in another folder find another file, or none",
                    .run(fileExists(there) ? "export \(variable)=\(shellWord(there))" : "unset \(variable)")))
            return
        }
        let path = subject.context.expanded(written)
        let isConfig = variable == "AWS_CONFIG_FILE"
        // A credentials file that is not there is as good as an empty one.
        if isConfig, !fileExists(path) {
            diagnosis.add(
                Finding(
                    "absent_file", .broken, at: variable, "there is no file \(written)",
                    why: "SDKs and warder see only the profiles of the credentials file", .run("unset \(variable)"))
            )
            return
        }
        diagnosis.add(
            Remark(
                isConfig ? "config_file" : "credentials_file", at: variable,
                "the \(isConfig ? "config" : "credentials") file is \(written)"))
    }
}
