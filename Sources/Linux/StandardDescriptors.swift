import Glibc

/// Opens `/dev/null` for each of the descriptors 0 to 2 that is closed, so that no file opened later gets that number
/// and receives what was meant for a standard stream.
///
/// Each is opened in the wrong direction: reading from it or writing to it still fails, as it must when output goes
/// nowhere. A program that this process becomes finds it closed, as it was.
public func occupyStandardDescriptors() {
    for (number, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(number, F_GETFD) < 0 && errno == EBADF {
        // `open` returns the lowest free number; the lower ones are taken already.
        _ = open("/dev/null", mode | O_CLOEXEC | O_NOCTTY)
    }
}
