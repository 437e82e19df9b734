import Failures
import Folders
import Linux
import Profiles
import Text

/// Which `.warder` file applies in a folder, and which of them the user trusts.
package struct FolderRules {
    let context: Context
    package let trusted: TrustStore

    package init(_ context: Context) {
        self.context = context
        trusted = TrustStore(folder: context.paths.trusted)
    }

    private var home: String? { context.environment.nonEmpty("HOME") }

    /// The file that applies in a folder: the folder's own, or the nearest one above.
    package func ruling(in folder: String) throws(Failure) -> FolderFile? {
        do throws(FolderError) { return try FolderFile.find(from: folder, home: home) } catch { throw Failure(error) }
    }

    /// The file at `path`, which is its own path or that of its folder.
    package func file(at path: String) throws(Failure) -> FolderFile? {
        do throws(FolderError) { return try FolderFile(inFolder: folder(path)) } catch { throw Failure(error) }
    }

    /// The absolute path of a file that may no longer exist.
    package func location(_ path: String?) throws(Failure) -> String {
        guard let path else { return try ruling(in: ".")?.path ?? absolute(FolderFile.name) }
        let folder = folder(path)
        if let opened = try? Folder(opening: folder), let bytes = try? opened.path() {
            let real = String(decoding: bytes, as: UTF8.self)
            return real == "/" ? real + FolderFile.name : real + "/" + FolderFile.name
        }
        var whole = absolute(folder)
        while whole.ends(with: "/") { whole.unicodeScalars.removeLast() }
        return whole + "/" + FolderFile.name
    }

    /// Checks that the profile that the file names exists.
    package func check(_ file: FolderFile) throws(Failure) {
        guard try ProfileLoading(context).profiles().profile(file.profile) != nil else {
            throw Failure(
                .notFound, "\(shown(file.path)) asks for profile \(file.profile), and there is none",
                hint: "add it to ~/.aws/config, or change the file")
        }
    }

    package func untrusted(_ file: FolderFile, hasChanged: Bool) -> Failure {
        .untrusted(shown(file.path), profile: file.profile, hasChanged: hasChanged)
    }

    /// Runs `body` with the trust store.
    package func store<Value>(_ body: (TrustStore) throws(FolderError) -> Value) throws(Failure) -> Value {
        do throws(FolderError) { return try body(trusted) } catch { throw Failure(error) }
    }

    /// A path as people write it, with `~` for the home folder.
    package func shown(_ path: String) -> String { shownPath(path, home: home) }

    private func folder(_ path: String) -> String {
        if path.isSame(as: FolderFile.name) { return "." }
        return path.ends(with: "/" + FolderFile.name)
            ? String(path.unicodeScalars.dropLast(FolderFile.name.utf8.count)) : path
    }
}
