import Glibc
import Synchronization

/// Memory for secrets: locked as far as the limit allows (`RLIMIT_MEMLOCK`), excluded from core dumps, and zero.
///
/// A request holds some fifty secrets one after another, most of them smaller than a page. To map, exclude and unmap a
/// page takes the kernel longer than to send what is in it. So pages are mapped some at a time, and a single page that
/// is no longer needed is kept, wiped, for the next secret.
enum SecretPages {
    /// The size of a page, in bytes.
    static let size = 4096
    /// How many pages are mapped at once.
    private static let batch = 8
    /// The most pages that are kept for later.
    private static let most = 16

    /// The kept pages: each begins with the address of the next, the last with 0.
    private struct Kept {
        var first: UInt = 0
        var count = 0
    }

    private static let kept = Mutex(Kept())

    /// Maps at least that many bytes; returns where, and how many.
    ///
    /// Running out of memory traps.
    static func map(atLeast bytes: Int) -> (UnsafeMutableRawPointer, Int) {
        guard bytes > size else { return (takePage(), size) }
        let whole = (bytes + size - 1) / size * size
        return (map(whole), whole)
    }

    /// Wipes and gives back what `map` returned.
    static func unmap(_ base: UnsafeMutableRawPointer, _ bytes: Int) {
        explicit_bzero(base, bytes)
        guard bytes == size, keep(base) else {
            munmap(base, bytes)
            return
        }
    }

    private static func takePage() -> UnsafeMutableRawPointer {
        let page = kept.withLock { kept -> UInt in
            let page = kept.first
            guard let base = UnsafeMutableRawPointer(bitPattern: page) else { return 0 }
            kept.first = base.load(as: UInt.self)
            kept.count -= 1
            return page
        }
        guard let base = UnsafeMutableRawPointer(bitPattern: page) else { return mapBatch() }
        base.storeBytes(of: 0, as: UInt.self)
        return base
    }

    /// Keeps a wiped page; false if enough are kept.
    private static func keep(_ base: UnsafeMutableRawPointer) -> Bool {
        let page = UInt(bitPattern: base)
        return kept.withLock { kept in
            guard kept.count < most, let base = UnsafeMutableRawPointer(bitPattern: page) else { return false }
            base.storeBytes(of: kept.first, as: UInt.self)
            kept.first = page
            kept.count += 1
            return true
        }
    }

    /// Maps pages, and keeps all but one. Near the limit of locked memory, that one is all there is.
    private static func mapBatch() -> UnsafeMutableRawPointer {
        guard let base = mapLocked(batch * size) else { return map(size) }
        for number in 1..<batch where !keep(base + number * size) { munmap(base + number * size, size) }
        return base
    }

    private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
        guard let base = mapLocked(bytes) ?? map(bytes, flags: 0) else { preconditionFailure("out of memory") }
        return base
    }

    /// Locking the pages while mapping them saves a system call; above the limit that fails, and they stay unlocked.
    private static func mapLocked(_ bytes: Int) -> UnsafeMutableRawPointer? { map(bytes, flags: MAP_LOCKED) }

    private static func map(_ bytes: Int, flags: Int32) -> UnsafeMutableRawPointer? {
        let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0)
        guard let base, base != MAP_FAILED else { return nil }
        madvise(base, bytes, MADV_DONTDUMP)
        return base
    }
}
