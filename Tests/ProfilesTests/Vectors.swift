import Foundation

/// The public suites, in the folder that the environment names.
enum Vectors {
    static let folder = ProcessInfo.processInfo.environment["WARDER_VECTORS"].map { $0 + "/profiles" }

    static func json<T: Decodable>(_ type: T.Type, _ name: String) -> T? {
        guard let folder, let data = FileManager.default.contents(atPath: folder + "/" + name) else { return nil }
        return try? JSONDecoder().decode(type, from: data)
    }

    /// The files of a folder and those below it.
    static func files(in name: String) -> [[UInt8]] {
        guard let folder, let names = FileManager.default.enumerator(atPath: folder + "/" + name) else { return [] }
        return names.compactMap { $0 as? String }.sorted().compactMap { path in
            FileManager.default.contents(atPath: folder + "/" + name + "/" + path).map { [UInt8]($0) }
        }
    }
}
