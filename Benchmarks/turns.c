// Runs commands by turns and prints how long each run took.
//
//     turns ROUNDS PREPARATION COMMAND ARGUMENT... -- COMMAND ARGUMENT... -- …
//
// One round is a line: for each command in the order given, the microseconds from its start to its end. Each command
// runs once in a round, right after the one before it, so that whatever else the machine does disturbs all of them
// alike. A PREPARATION that is not empty runs in a shell before each command, not timed. What the commands print is
// discarded; a command that fails ends everything.
//
// It is small, and starts commands without copying its own memory.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

enum { most = 64 };

static long long microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

// Returns how long it took.
static long long run(char **command, const posix_spawn_file_actions_t *actions) {
    pid_t pid;
    int status;
    long long start = microseconds();
    if (posix_spawnp(&pid, command[0], actions, NULL, command, environ) != 0 || waitpid(pid, &status, 0) != pid ||
        status != 0) {
        fprintf(stderr, "turns: %s failed\n", command[0]);
        exit(1);
    }
    return microseconds() - start;
}

int main(int count, char **arguments) {
    if (count < 4) return 2;
    int rounds = atoi(arguments[1]), commands = 0;
    char *preparation[] = {"/bin/sh", "-c", arguments[2], NULL};
    char **command[most];
    command[commands++] = arguments + 3;
    for (char **word = arguments + 3; *word; word++) {
        if (strcmp(*word, "--") != 0) continue;
        if (commands == most) return 2;
        *word = NULL;
        command[commands++] = word + 1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (int round = 0; round < rounds; round++)
        for (int number = 0; number < commands; number++) {
            if (*preparation[2]) run(preparation, &actions);
            printf("%lld%c", run(command[number], &actions), number + 1 < commands ? ' ' : '\n');
        }
    return 0;
}
