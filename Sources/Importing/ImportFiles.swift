import Failures
import Linux
import Profiles
import Secrets
import Setup

// What becomes of the two files.

extension ImportPlan {
    private var credentialsPath: String { files.credentials?.path ?? "" }

    /// The changes of both files as unified diffs, a list of lines for each; secrets are masked.
    package var differences: [[String]] {
        [
            config.masked().difference(configEdits),
            files.credentials.map { $0.masked().difference(credentialsEdits) } ?? [],
        ].filter { $0.count > 2 }
    }

    /// Fails if a file that is to be changed may not be, before anything is.
    func checkFiles() throws(Failure) {
        if !configEdits.isEmpty { try ConfigRewrite.check(config.path, "the config file") }
        if !credentialsEdits.isEmpty { try ConfigRewrite.check(credentialsPath, "the credentials file") }
    }

    /// The files that are to be changed and that have other names: those keep the old text.
    var otherNames: [(path: String, inode: UInt64)] {
        let paths = (configEdits.isEmpty ? [] : [config.path]) + (credentialsEdits.isEmpty ? [] : [credentialsPath])
        return paths.compactMap { path in FileIdentity.inodeOfManyNames(at: path).map { (path, $0) } }
    }

    /// Writes the config file, then the credentials file.
    func writeFiles() throws(Failure) {
        let rewrite = try ConfigRewrite(context)
        if !configEdits.isEmpty {
            try rewrite.replace(files.config, at: config.path, with: config.edited(configEdits))
        }
        if let credentials = files.credentials, !credentialsEdits.isEmpty {
            try rewrite.replace(
                credentials, at: credentials.path, with: credentials.edited(credentialsEdits), "the credentials file")
        }
        try removeLeftovers(rewrite)
    }

    /// Removes what a killed run left beside the files; it may hold keys.
    package func removeLeftovers() throws(Failure) {
        guard [config.path, credentialsPath].contains(where: ConfigRewrite.hasLeftover) else { return }
        try removeLeftovers(ConfigRewrite(context))
    }

    private func removeLeftovers(_ rewrite: borrowing ConfigRewrite) throws(Failure) {
        try rewrite.removeLeftover(of: config.path, "the config file")
        if files.credentials != nil { try rewrite.removeLeftover(of: credentialsPath, "the credentials file") }
    }
}
