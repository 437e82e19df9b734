import Linux
import Secrets
import Text

/// The files in a cache of the AWS CLI, the first 200.
func cacheFiles(in folder: String) -> [String] {
    var names: [String] = []
    _ = try? anyName(inFolder: folder) { name in
        if name.ends(with: ".json") { names.append(name) }
        return names.count == 200
    }
    return names.sorted().map { folder + "/" + $0 }
}

/// What such a file holds; nil if it cannot be read, or is larger than 64 KiB.
func cacheText(_ path: String) -> SecretBytes? {
    var text = SecretBytes(capacity: 4096)
    let isWhole = try? eachPiece(ofPlainFile: path, overlap: 0, limit: 64 * 1024) { text.append($0) }
    guard isWhole == true else { return nil }
    return text
}
