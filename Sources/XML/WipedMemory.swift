import CExpat
import Glibc

/// An allocator for expat, which keeps text in its own buffers: memory is wiped before it is freed.
enum WipedMemory {
    /// How many bytes before each block hold its size; they keep the block aligned for any type.
    private static let header = 16

    static let functions = XML_Memory_Handling_Suite(
        malloc_fcn: { allocate($0) }, realloc_fcn: { resize($0, $1) }, free_fcn: { release($0) })

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        let (total, overflow) = size.addingReportingOverflow(header)
        guard size >= 0, !overflow, let block = malloc(total) else { return nil }
        block.storeBytes(of: size, as: Int.self)
        return block + header
    }

    private static func resize(_ bytes: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard let moved = allocate(size) else { return nil }
        guard let bytes else { return moved }
        moved.copyMemory(from: bytes, byteCount: min(size, (bytes - header).load(as: Int.self)))
        release(bytes)
        return moved
    }

    private static func release(_ bytes: UnsafeMutableRawPointer?) {
        guard let bytes else { return }
        let block = bytes - header
        explicit_bzero(block, header + block.load(as: Int.self))
        free(block)
    }
}
