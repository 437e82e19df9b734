// Starts a program many times at once and prints what each run took.
//
//     starter COUNT FOLDER PERIOD PROGRAM ARGUMENT...
//
// An argument "@" becomes "role" and the number of the run modulo PERIOD. What run N prints goes to FOLDER/N.out and
// FOLDER/N.err. For each run a line: number, wait status, most memory in KiB, processor time and time from the common
// start to its end in microseconds, voluntary context switches.
//
// It is small, because the kernel includes in a run's memory what its parent had at the fork.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void redirect(const char *folder, int number, const char *ending, int to) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%d.%s", folder, number, ending);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, to) < 0) _exit(126);
    close(file);
}

static void run(int number, int period, const char *folder, char **command, int ready, int go) {
    char name[32], byte = 0;
    snprintf(name, sizeof name, "role%d", number % period);
    for (char **argument = command; *argument; argument++)
        if (strcmp(*argument, "@") == 0) *argument = name;
    redirect(folder, number, "out", 1);
    redirect(folder, number, "err", 2);
    close(0);
    open("/dev/null", O_RDONLY);
    if (write(ready, &byte, 1) != 1) _exit(126);
    if (read(go, &byte, 1) != 0) _exit(126);  // The end of the pipe is the signal.
    execvp(command[0], command);
    _exit(127);
}

int main(int count, char **arguments) {
    if (count < 5) return 2;
    int runs = atoi(arguments[1]), period = atoi(arguments[3]);
    int ready[2], go[2];
    if (runs < 1 || period < 1 || pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC)) return 2;
    pid_t *pids = calloc(runs, sizeof *pids);
    for (int number = 0; number < runs; number++) {
        pids[number] = fork();
        if (pids[number] < 0) return 2;
        if (pids[number] == 0) {
            close(go[1]);
            run(number, period, arguments[2], arguments + 4, ready[1], go[0]);
        }
    }
    char byte;
    for (int number = 0; number < runs; number++)
        if (read(ready[0], &byte, 1) != 1) return 2;
    long long start = microseconds();
    close(go[1]);
    for (int left = runs; left > 0; left--) {
        int status;
        struct rusage usage;
        pid_t pid = wait4(-1, &status, 0, &usage);
        long long end = microseconds();
        int number = 0;
        while (number < runs && pids[number] != pid) number++;
        long long processor = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec
            + usage.ru_stime.tv_usec;
        printf("%d %d %ld %lld %lld %ld\n", number, status, usage.ru_maxrss, processor, end - start, usage.ru_nvcsw);
    }
    return 0;
}
