/// A path as people write it, with `~` for the home folder.
///
/// - Parameter home: the home folder; nil, relative or `/` shortens nothing.
package func shownPath(_ path: String, home: String?) -> String {
    guard let home, home.begins(with: "/"), home.utf8.count > 1 else { return path }
    if path.isSame(as: home) { return "~" }
    return path.removingPrefix(home + "/").map { "~/" + $0 } ?? path
}
