#define _GNU_SOURCE
#include "cglib.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

/// The member of a table with the same name as its function.
#define FUNCTION(table, function) {#function, &(table)->function}

struct function {
    const char *name;
    void *slot;
};

static int resolve(const char *name, const struct function *functions, size_t count) {
    // Never closed: GLib's threads and types outlive every call.
    void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) return 0;
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(library, functions[i].name);
        if (function == NULL) return 0;
        memcpy(functions[i].slot, &function, sizeof function);
    }
    return 1;
}

/// `GLogWriterFunc`: drops every message.
static int drop_message(int level, const void *fields, size_t count, void *context) {
    (void)level, (void)fields, (void)count, (void)context;
    return 1;
}

/// Held during what runs once in a process.
static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;

int warder_glib_open(struct warder_glib *glib, const char *library) {
    const struct function functions[] = {
        FUNCTION(glib, g_free),
        FUNCTION(glib, g_error_free),
        FUNCTION(glib, g_quark_to_string),
        FUNCTION(glib, g_log_set_writer_func),
        FUNCTION(glib, g_object_unref),
        FUNCTION(glib, g_type_class_ref),
        FUNCTION(glib, g_type_from_name),
        FUNCTION(glib, g_type_query),
        FUNCTION(glib, g_type_register_static_simple),
        FUNCTION(glib, g_dbus_proxy_get_type),
        FUNCTION(glib, g_initable_new),
        FUNCTION(glib, g_socket_get_type),
        FUNCTION(glib, g_variant_take_ref),
        FUNCTION(glib, g_variant_unref),
        FUNCTION(glib, g_variant_new_string),
        FUNCTION(glib, g_variant_new_uint32),
        FUNCTION(glib, g_variant_new_int32),
        FUNCTION(glib, g_variant_new_object_path),
        FUNCTION(glib, g_variant_new_boolean),
        FUNCTION(glib, g_variant_new_variant),
        FUNCTION(glib, g_variant_new_dict_entry),
        FUNCTION(glib, g_variant_new_array),
        FUNCTION(glib, g_variant_new_tuple),
        FUNCTION(glib, g_variant_is_of_type),
        FUNCTION(glib, g_variant_n_children),
        FUNCTION(glib, g_variant_get_child_value),
        FUNCTION(glib, g_variant_get_variant),
        FUNCTION(glib, g_variant_get_string),
        FUNCTION(glib, g_variant_get_boolean),
        FUNCTION(glib, g_variant_get_uint32),
        FUNCTION(glib, g_cancellable_new),
        FUNCTION(glib, g_cancellable_cancel),
        FUNCTION(glib, g_dbus_connection_new_for_address_sync),
        FUNCTION(glib, g_dbus_connection_call_sync),
        FUNCTION(glib, g_dbus_connection_call_with_unix_fd_list_sync),
        FUNCTION(glib, g_unix_fd_list_get),
        FUNCTION(glib, g_dbus_connection_signal_subscribe),
        FUNCTION(glib, g_dbus_connection_signal_unsubscribe),
        FUNCTION(glib, g_dbus_connection_is_closed),
        FUNCTION(glib, g_main_context_new),
        FUNCTION(glib, g_main_context_push_thread_default),
        FUNCTION(glib, g_main_context_pop_thread_default),
        FUNCTION(glib, g_main_context_unref),
        FUNCTION(glib, g_main_context_iteration),
        FUNCTION(glib, g_dbus_error_get_remote_error),
        FUNCTION(glib, g_dbus_error_strip_remote_error),
    };
    if (!resolve(library, functions, sizeof functions / sizeof *functions)) return 0;

    static int prepared = 0;
    pthread_mutex_lock(&once);
    if (!prepared) {
        prepared = 1;
        glib->g_log_set_writer_func(drop_message, NULL, NULL);
        // This variable would make GLib write each message to standard output.
        unsetenv("G_DBUS_DEBUG");
        // Initialising the class of sockets ignores SIGPIPE, and a program that this process becomes would inherit
        // that.
        struct sigaction before;
        sigaction(SIGPIPE, NULL, &before);
        glib->g_type_class_ref(glib->g_socket_get_type());
        sigaction(SIGPIPE, &before, NULL);
    }
    pthread_mutex_unlock(&once);
    return 1;
}

int warder_secret_open(struct warder_secret *secret, const char *library) {
    const struct function functions[] = {
        FUNCTION(secret, secret_service_get_type),
        FUNCTION(secret, secret_service_ensure_session_sync),
        FUNCTION(secret, secret_service_get_session_algorithms),
        FUNCTION(secret, secret_service_get_session_dbus_path),
        FUNCTION(secret, secret_service_encode_dbus_secret),
        FUNCTION(secret, secret_service_decode_dbus_secret),
        FUNCTION(secret, secret_service_prompt_at_dbus_path_sync),
        FUNCTION(secret, secret_value_new_full),
        FUNCTION(secret, secret_value_get),
        FUNCTION(secret, secret_value_unref),
    };
    return resolve(library, functions, sizeof functions / sizeof *functions);
}

/// Makes a `SecretService` as any `GDBusProxy` is made. Its own constructor would replace the given connection by the
/// shared session bus, which is looked up in the environment and is one for the whole process.
static size_t service_type(const struct warder_glib *glib, const struct warder_secret *secret) {
    pthread_mutex_lock(&once);
    size_t type = glib->g_type_from_name("WarderSecretService");
    if (type == 0) {
        struct warder_gtype parent;
        glib->g_type_query(secret->secret_service_get_type(), &parent);
        type = glib->g_type_register_static_simple(
            parent.type, "WarderSecretService", parent.class_size, NULL, parent.instance_size, NULL, 0);
        const struct warder_gclass *proxy = glib->g_type_class_ref(glib->g_dbus_proxy_get_type());
        struct warder_gclass *ours = glib->g_type_class_ref(type);
        ours->constructor = proxy->constructor;
        ours->constructed = proxy->constructed;
    }
    pthread_mutex_unlock(&once);
    return type;
}

warder_secret_service *warder_secret_service_new(
    const struct warder_glib *glib, const struct warder_secret *secret, warder_gconnection *connection,
    warder_gcancellable *cancellable, struct warder_gerror **error) {
    // DO_NOT_LOAD_PROPERTIES, DO_NOT_CONNECT_SIGNALS, DO_NOT_AUTO_START_AT_CONSTRUCTION.
    const int flags = 1 | 2 | 16;
    return glib->g_initable_new(
        service_type(glib, secret), cancellable, error, "g-connection", connection, "g-flags", flags, "g-name",
        "org.freedesktop.secrets", "g-object-path", "/org/freedesktop/secrets", "g-interface-name",
        "org.freedesktop.Secret.Service", NULL);
}

int warder_forbid_locking(uint64_t *previous) {
    const size_t size = 64 * 1024;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 0;
    int refused = mlock(memory, size) != 0;
    munmap(memory, size);
    struct rlimit limit;
    if (!refused || getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return 0;
    *previous = limit.rlim_cur;
    limit.rlim_cur = 0;
    return setrlimit(RLIMIT_MEMLOCK, &limit) == 0;
}

void warder_allow_locking(uint64_t soft) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return;
    limit.rlim_cur = soft;
    setrlimit(RLIMIT_MEMLOCK, &limit);
}

struct warder_thread {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    void (*work)(void *);
    void *context;
    int ended;
    /// The thread itself and the caller that waits for it.
    int holders;
};

static void let_go(warder_thread *thread) {
    int holders = --thread->holders;
    pthread_mutex_unlock(&thread->mutex);
    if (holders > 0) return;
    pthread_cond_destroy(&thread->condition);
    pthread_mutex_destroy(&thread->mutex);
    free(thread);
}

static void *run(void *argument) {
    warder_thread *thread = argument;
    thread->work(thread->context);
    pthread_mutex_lock(&thread->mutex);
    thread->ended = 1;
    pthread_cond_signal(&thread->condition);
    let_go(thread);
    return NULL;
}

warder_thread *warder_thread_start(void (*work)(void *context), void *context) {
    warder_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL) return NULL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&thread->condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&thread->mutex, NULL);
    thread->work = work;
    thread->context = context;
    thread->holders = 2;

    // Blocked while the thread starts, as GLib's threads inherit the mask: signals arrive where they are expected.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t number;
    int failure = pthread_create(&number, NULL, run, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure != 0) {
        pthread_cond_destroy(&thread->condition);
        pthread_mutex_destroy(&thread->mutex);
        free(thread);
        return NULL;
    }
    pthread_detach(number);
    return thread;
}

int warder_thread_wait(warder_thread *thread, int64_t milliseconds) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += milliseconds / 1000;
    end.tv_nsec += milliseconds % 1000 * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec += 1;
        end.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&thread->mutex);
    while (!thread->ended && pthread_cond_timedwait(&thread->condition, &thread->mutex, &end) == 0) {}
    int ended = thread->ended;
    pthread_mutex_unlock(&thread->mutex);
    return ended;
}

void warder_thread_leave(warder_thread *thread) {
    pthread_mutex_lock(&thread->mutex);
    let_go(thread);
}
