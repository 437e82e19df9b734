import Glibc

/// The resource that this process has run out of, which may explain the failure of the preceding call: descriptors or
/// memory; nil if neither is short.
///
/// Call it after a failure. It tries what a request needs at most: a few descriptors, and the stack of a thread.
public func exhaustedResource() -> SystemError? {
    var descriptors: [Int32] = []
    defer { for descriptor in descriptors { close(descriptor) } }
    for _ in 0..<12 {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            return errno == EMFILE || errno == ENFILE ? SystemError(call: "open", path: "", code: errno) : nil
        }
        descriptors.append(descriptor)
    }
    let size = 16 << 20
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { return SystemError(call: "mmap", path: "", code: ENOMEM) }
    munmap(memory, size)
    return nil
}
