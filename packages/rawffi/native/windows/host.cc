// Node-API as the program that has loaded this library exports it, whatever its file's name: node.exe, electron.exe,
// bun.exe, a program made of one of them. An import table would name one file only.
//
// Each function of Node-API 8 is a thunk here, which jumps to the program's function.
#include <system.h>

#include <iterator>

// clang-format off
#define EVERY_FUNCTION(OF) \
  OF(napi_acquire_threadsafe_function) \
  OF(napi_add_async_cleanup_hook) \
  OF(napi_add_env_cleanup_hook) \
  OF(napi_add_finalizer) \
  OF(napi_adjust_external_memory) \
  OF(napi_async_destroy) \
  OF(napi_async_init) \
  OF(napi_call_function) \
  OF(napi_call_threadsafe_function) \
  OF(napi_cancel_async_work) \
  OF(napi_check_object_type_tag) \
  OF(napi_close_callback_scope) \
  OF(napi_close_escapable_handle_scope) \
  OF(napi_close_handle_scope) \
  OF(napi_coerce_to_bool) \
  OF(napi_coerce_to_number) \
  OF(napi_coerce_to_object) \
  OF(napi_coerce_to_string) \
  OF(napi_create_array) \
  OF(napi_create_array_with_length) \
  OF(napi_create_arraybuffer) \
  OF(napi_create_async_work) \
  OF(napi_create_bigint_int64) \
  OF(napi_create_bigint_uint64) \
  OF(napi_create_bigint_words) \
  OF(napi_create_buffer) \
  OF(napi_create_buffer_copy) \
  OF(napi_create_dataview) \
  OF(napi_create_date) \
  OF(napi_create_double) \
  OF(napi_create_error) \
  OF(napi_create_external) \
  OF(napi_create_external_arraybuffer) \
  OF(napi_create_external_buffer) \
  OF(napi_create_function) \
  OF(napi_create_int32) \
  OF(napi_create_int64) \
  OF(napi_create_object) \
  OF(napi_create_promise) \
  OF(napi_create_range_error) \
  OF(napi_create_reference) \
  OF(napi_create_string_latin1) \
  OF(napi_create_string_utf16) \
  OF(napi_create_string_utf8) \
  OF(napi_create_symbol) \
  OF(napi_create_threadsafe_function) \
  OF(napi_create_type_error) \
  OF(napi_create_typedarray) \
  OF(napi_create_uint32) \
  OF(napi_define_class) \
  OF(napi_define_properties) \
  OF(napi_delete_async_work) \
  OF(napi_delete_element) \
  OF(napi_delete_property) \
  OF(napi_delete_reference) \
  OF(napi_detach_arraybuffer) \
  OF(napi_escape_handle) \
  OF(napi_fatal_error) \
  OF(napi_fatal_exception) \
  OF(napi_get_all_property_names) \
  OF(napi_get_and_clear_last_exception) \
  OF(napi_get_array_length) \
  OF(napi_get_arraybuffer_info) \
  OF(napi_get_boolean) \
  OF(napi_get_buffer_info) \
  OF(napi_get_cb_info) \
  OF(napi_get_dataview_info) \
  OF(napi_get_date_value) \
  OF(napi_get_element) \
  OF(napi_get_global) \
  OF(napi_get_instance_data) \
  OF(napi_get_last_error_info) \
  OF(napi_get_named_property) \
  OF(napi_get_new_target) \
  OF(napi_get_node_version) \
  OF(napi_get_null) \
  OF(napi_get_property) \
  OF(napi_get_property_names) \
  OF(napi_get_prototype) \
  OF(napi_get_reference_value) \
  OF(napi_get_threadsafe_function_context) \
  OF(napi_get_typedarray_info) \
  OF(napi_get_undefined) \
  OF(napi_get_uv_event_loop) \
  OF(napi_get_value_bigint_int64) \
  OF(napi_get_value_bigint_uint64) \
  OF(napi_get_value_bigint_words) \
  OF(napi_get_value_bool) \
  OF(napi_get_value_double) \
  OF(napi_get_value_external) \
  OF(napi_get_value_int32) \
  OF(napi_get_value_int64) \
  OF(napi_get_value_string_latin1) \
  OF(napi_get_value_string_utf16) \
  OF(napi_get_value_string_utf8) \
  OF(napi_get_value_uint32) \
  OF(napi_get_version) \
  OF(napi_has_element) \
  OF(napi_has_named_property) \
  OF(napi_has_own_property) \
  OF(napi_has_property) \
  OF(napi_instanceof) \
  OF(napi_is_array) \
  OF(napi_is_arraybuffer) \
  OF(napi_is_buffer) \
  OF(napi_is_dataview) \
  OF(napi_is_date) \
  OF(napi_is_detached_arraybuffer) \
  OF(napi_is_error) \
  OF(napi_is_exception_pending) \
  OF(napi_is_promise) \
  OF(napi_is_typedarray) \
  OF(napi_make_callback) \
  OF(napi_module_register) \
  OF(napi_new_instance) \
  OF(napi_object_freeze) \
  OF(napi_object_seal) \
  OF(napi_open_callback_scope) \
  OF(napi_open_escapable_handle_scope) \
  OF(napi_open_handle_scope) \
  OF(napi_queue_async_work) \
  OF(napi_ref_threadsafe_function) \
  OF(napi_reference_ref) \
  OF(napi_reference_unref) \
  OF(napi_reject_deferred) \
  OF(napi_release_threadsafe_function) \
  OF(napi_remove_async_cleanup_hook) \
  OF(napi_remove_env_cleanup_hook) \
  OF(napi_remove_wrap) \
  OF(napi_resolve_deferred) \
  OF(napi_run_script) \
  OF(napi_set_element) \
  OF(napi_set_instance_data) \
  OF(napi_set_named_property) \
  OF(napi_set_property) \
  OF(napi_strict_equals) \
  OF(napi_throw) \
  OF(napi_throw_error) \
  OF(napi_throw_range_error) \
  OF(napi_throw_type_error) \
  OF(napi_type_tag_object) \
  OF(napi_typeof) \
  OF(napi_unref_threadsafe_function) \
  OF(napi_unwrap) \
  OF(napi_wrap)
// clang-format on

extern "C" {

// What a function returns that the program does not have: napi_generic_failure.
int rawffi_absent() { return 9; }

#define DECLARE(name) void* rawffi_at_##name = reinterpret_cast<void*>(rawffi_absent);
EVERY_FUNCTION(DECLARE)
#undef DECLARE
}

#define DEFINE(name) ".globl " #name "\n" #name ": jmp *rawffi_at_" #name "(%rip)\n"
asm(".text\n" EVERY_FUNCTION(DEFINE));

namespace {

struct Function {
  const char* name;
  void** at;
};

#define ROW(name) {#name, &rawffi_at_##name},
const Function FUNCTIONS[] = {EVERY_FUNCTION(ROW)};

void findAll() {
  // Electron's and Node's own builds may have it in a library.
  const HMODULE hosts[] = {GetModuleHandleW(nullptr), GetModuleHandleW(L"node.exe"), GetModuleHandleW(L"libnode.dll"),
                           GetModuleHandleW(L"node.dll")};
  for (const Function& function : FUNCTIONS) {
    for (size_t i = 0; i < std::size(hosts); i++) {
      if (hosts[i] == nullptr) continue;
      void* found = reinterpret_cast<void*>(GetProcAddress(hosts[i], function.name));
      if (found == nullptr) continue;
      *function.at = found;
      break;
    }
  }
}

}  // namespace

extern "C" BOOL WINAPI DllMain(HINSTANCE library, DWORD reason, void*) {
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  findAll();
  // Node closes addons when a worker ends, but C may still hold callbacks, whose code is in here.
  HMODULE ignored = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<const wchar_t*>(library), &ignored);
  return TRUE;
}
