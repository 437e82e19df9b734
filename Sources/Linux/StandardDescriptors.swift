import Glibc

/// Gives the descriptors 0 to 2 that are closed to `/dev/null`, so that no file that is opened later gets the number, and
/// with it what is meant for a standard stream.
///
/// Each is opened the wrong way round: what reads from it or writes to it still fails, as an answer that goes nowhere
/// must. A program that this one becomes finds it closed, as it was.
public func occupyStandardDescriptors() {
    for (number, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(number, F_GETFD) < 0 && errno == EBADF {
        // The lowest number that is free, since those below are taken by now.
        _ = open("/dev/null", mode | O_CLOEXEC | O_NOCTTY)
    }
}
