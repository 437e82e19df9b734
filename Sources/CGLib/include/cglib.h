// GLib, GIO and libsecret, opened with dlopen at first use: most runs of the program need none of them, and a server
// may not have them. Names, types and numbers are those of their own headers; GLib 2.50 and libsecret 0.18 have them
// all.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct warder_gcancellable warder_gcancellable;
typedef struct warder_gconnection warder_gconnection;
typedef struct warder_gcontext warder_gcontext;
typedef struct warder_gdescriptors warder_gdescriptors;
typedef struct warder_gvariant warder_gvariant;
typedef struct warder_secret_service warder_secret_service;
typedef struct warder_secret_value warder_secret_value;

/// `GError`.
struct warder_gerror {
    uint32_t domain;
    int code;
    char *message;
};

/// `GTypeQuery`.
struct warder_gtype {
    size_t type;
    const char *name;
    unsigned class_size;
    unsigned instance_size;
};

/// The start of `GObjectClass`.
struct warder_gclass {
    size_t type;
    void *properties;
    void *constructor;
    void *set_property, *get_property, *dispose, *finalize, *dispatch, *notify;
    void *constructed;
};

/// `GDBusSignalCallback`.
typedef void (*warder_gsignal)(
    warder_gconnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
    warder_gvariant *parameters, void *context);

/// The functions of GLib, GObject and GIO that warder uses.
struct warder_glib {
    void (*g_free)(void *memory);
    void (*g_error_free)(struct warder_gerror *error);
    const char *(*g_quark_to_string)(uint32_t quark);
    void (*g_log_set_writer_func)(
        int (*writer)(int level, const void *fields, size_t count, void *context), void *context,
        void (*destroy)(void *context));
    void (*g_object_unref)(void *object);
    void *(*g_type_class_ref)(size_t type);
    size_t (*g_type_from_name)(const char *name);
    void (*g_type_query)(size_t type, struct warder_gtype *query);
    size_t (*g_type_register_static_simple)(
        size_t parent, const char *name, unsigned class_size, void (*class_init)(void *, void *),
        unsigned instance_size, void (*instance_init)(void *, void *), int flags);
    size_t (*g_dbus_proxy_get_type)(void);
    void *(*g_initable_new)(
        size_t type, warder_gcancellable *cancellable, struct warder_gerror **error, const char *property, ...);
    size_t (*g_socket_get_type)(void);

    warder_gvariant *(*g_variant_take_ref)(warder_gvariant *value);
    void (*g_variant_unref)(warder_gvariant *value);
    warder_gvariant *(*g_variant_new_string)(const char *text);
    warder_gvariant *(*g_variant_new_uint32)(uint32_t number);
    warder_gvariant *(*g_variant_new_int32)(int32_t number);
    warder_gvariant *(*g_variant_new_object_path)(const char *path);
    warder_gvariant *(*g_variant_new_boolean)(int value);
    warder_gvariant *(*g_variant_new_variant)(warder_gvariant *value);
    warder_gvariant *(*g_variant_new_dict_entry)(warder_gvariant *key, warder_gvariant *value);
    warder_gvariant *(*g_variant_new_array)(const char *type, warder_gvariant *const *children, size_t count);
    warder_gvariant *(*g_variant_new_tuple)(warder_gvariant *const *children, size_t count);
    int (*g_variant_is_of_type)(warder_gvariant *value, const char *type);
    size_t (*g_variant_n_children)(warder_gvariant *value);
    warder_gvariant *(*g_variant_get_child_value)(warder_gvariant *value, size_t index);
    warder_gvariant *(*g_variant_get_variant)(warder_gvariant *value);
    const char *(*g_variant_get_string)(warder_gvariant *value, size_t *length);
    int (*g_variant_get_boolean)(warder_gvariant *value);
    uint32_t (*g_variant_get_uint32)(warder_gvariant *value);

    warder_gcancellable *(*g_cancellable_new)(void);
    void (*g_cancellable_cancel)(warder_gcancellable *cancellable);
    warder_gconnection *(*g_dbus_connection_new_for_address_sync)(
        const char *address, int flags, void *observer, warder_gcancellable *cancellable, struct warder_gerror **error);
    warder_gvariant *(*g_dbus_connection_call_sync)(
        warder_gconnection *connection, const char *name, const char *path, const char *interface, const char *method,
        warder_gvariant *parameters, const char *reply_type, int flags, int milliseconds,
        warder_gcancellable *cancellable, struct warder_gerror **error);
    warder_gvariant *(*g_dbus_connection_call_with_unix_fd_list_sync)(
        warder_gconnection *connection, const char *name, const char *path, const char *interface, const char *method,
        warder_gvariant *parameters, const char *reply_type, int flags, int milliseconds, void *descriptors,
        warder_gdescriptors **reply_descriptors, warder_gcancellable *cancellable, struct warder_gerror **error);
    int (*g_unix_fd_list_get)(warder_gdescriptors *list, int index, struct warder_gerror **error);
    unsigned (*g_dbus_connection_signal_subscribe)(
        warder_gconnection *connection, const char *sender, const char *interface, const char *signal,
        const char *path, const char *argument, int flags, warder_gsignal callback, void *context,
        void (*release)(void *context));
    void (*g_dbus_connection_signal_unsubscribe)(warder_gconnection *connection, unsigned subscription);
    int (*g_dbus_connection_is_closed)(warder_gconnection *connection);
    warder_gcontext *(*g_main_context_new)(void);
    void (*g_main_context_push_thread_default)(warder_gcontext *context);
    void (*g_main_context_pop_thread_default)(warder_gcontext *context);
    void (*g_main_context_unref)(warder_gcontext *context);
    int (*g_main_context_iteration)(warder_gcontext *context, int may_block);
    char *(*g_dbus_error_get_remote_error)(const struct warder_gerror *error);
    int (*g_dbus_error_strip_remote_error)(struct warder_gerror *error);
};

/// The functions of libsecret that warder uses.
struct warder_secret {
    size_t (*secret_service_get_type)(void);
    int (*secret_service_ensure_session_sync)(
        warder_secret_service *service, warder_gcancellable *cancellable, struct warder_gerror **error);
    const char *(*secret_service_get_session_algorithms)(warder_secret_service *service);
    const char *(*secret_service_get_session_dbus_path)(warder_secret_service *service);
    warder_gvariant *(*secret_service_encode_dbus_secret)(warder_secret_service *service, warder_secret_value *value);
    warder_secret_value *(*secret_service_decode_dbus_secret)(warder_secret_service *service, warder_gvariant *value);
    warder_gvariant *(*secret_service_prompt_at_dbus_path_sync)(
        warder_secret_service *service, const char *prompt, warder_gcancellable *cancellable, const char *return_type,
        struct warder_gerror **error);
    warder_secret_value *(*secret_value_new_full)(
        const char *secret, ptrdiff_t length, const char *content_type, void (*destroy)(void *));
    const char *(*secret_value_get)(warder_secret_value *value, size_t *length);
    void (*secret_value_unref)(void *value);
};

/// Opens GLib by the name of a library that is linked with it, and silences it: it would write warnings to standard
/// error. The action of SIGPIPE is preserved. Idempotent; returns 1, or 0 if the library or a function of it is
/// missing.
int warder_glib_open(struct warder_glib *glib, const char *library);
/// Opens libsecret by its name; as above.
int warder_secret_open(struct warder_secret *secret, const char *library);

/// `g_initable_new` of a `SecretService` on a given connection, which reads no properties and starts nothing.
warder_secret_service *warder_secret_service_new(
    const struct warder_glib *glib, const struct warder_secret *secret, warder_gconnection *connection,
    warder_gcancellable *cancellable, struct warder_gerror **error);

/// If 64 KiB more cannot be locked in memory, sets the soft RLIMIT_MEMLOCK to 0 and stores its previous value; returns
/// 1, or 0 if nothing was changed. libsecret complains on standard error about memory that it cannot lock, unless no
/// memory may be locked at all.
int warder_forbid_locking(uint64_t *previous);
/// Sets the soft RLIMIT_MEMLOCK.
void warder_allow_locking(uint64_t limit);

/// A thread that the caller may abandon.
typedef struct warder_thread warder_thread;
/// Runs `work` on a new thread with all signals blocked; NULL if no thread can be started.
warder_thread *warder_thread_start(void (*work)(void *context), void *context);
/// Waits for `work` to return; 1 if it did, 0 after `milliseconds` of CLOCK_MONOTONIC.
int warder_thread_wait(warder_thread *thread, int64_t milliseconds);
/// Releases a thread, which goes on if it has not ended.
void warder_thread_leave(warder_thread *thread);

enum {
    WARDER_G_DBUS_CLIENT_OF_MESSAGE_BUS = 1 | 8,
    WARDER_G_DBUS_CALL_NO_AUTO_START = 1,
    WARDER_G_IO_ERROR_INVALID_ARGUMENT = 13,
    WARDER_G_IO_ERROR_CLOSED = 18,
    WARDER_G_IO_ERROR_CANCELLED = 19,
    WARDER_G_IO_ERROR_TIMED_OUT = 24,
    WARDER_G_IO_ERROR_BROKEN_PIPE = 44,
    WARDER_SECRET_ERROR_PROTOCOL = 1,
};
