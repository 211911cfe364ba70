// Signatures in libffi's terms. src/plan.ts writes the description that is read here:
//
//     fixed (-1: not variadic), result, isWide (0|1), slotCount, count, then for each argument: slot, passing, type
//
// where passing is 0 for a value in its slot, 1 for a wide value, 2 for a wide value whose address C gets, 3 for an
// integer whose slot holds a double; and type is a scalar's code, or AGGREGATE, size, align, number of elements,
// elements. Two arguments may read the same slot, if one of them only fills a register.
#include "rawffi.h"

namespace rawffi {

namespace {

// Deeper nesting than any ABI's `lower` produces: a bound for the recursion below.
constexpr int MAX_NESTING = 64;

ffi_type* const SCALARS[] = {
    // clang-format off
    &ffi_type_void,   &ffi_type_sint8,  &ffi_type_uint8,   &ffi_type_sint16, &ffi_type_uint16,
    &ffi_type_sint32, &ffi_type_uint32, &ffi_type_sint64,  &ffi_type_uint64, &ffi_type_pointer,
    &ffi_type_float,  &ffi_type_double, &ffi_type_longdouble,
// clang-format on
#ifdef FFI_TARGET_HAS_COMPLEX_TYPE
    &ffi_type_complex_float, &ffi_type_complex_double, &ffi_type_complex_longdouble,
#else
    nullptr,
    nullptr,
    nullptr,
#endif
};

class Reader {
 public:
  Reader(const double* from, size_t length, Plan& plan) : at_(from), end_(from + length), plan_(plan) {}

  bool failed() const { return failed_; }
  bool isAtEnd() const { return at_ == end_; }

  int64_t integer() {
    if (at_ == end_) {
      failed_ = true;
      return 0;
    }
    return static_cast<int64_t>(*at_++);
  }

  ffi_type* type(int nesting = 0) {
    const int64_t code = integer();
    if (failed_ || code < 0 || code > Scalar::AGGREGATE || nesting > MAX_NESTING) return fail();
    if (code == Scalar::AGGREGATE) return aggregate(nesting);
    return SCALARS[code] != nullptr ? SCALARS[code] : fail();
  }

 private:
  ffi_type* fail() {
    failed_ = true;
    return &ffi_type_void;
  }

  ffi_type* aggregate(int nesting) {
    const int64_t size = integer();
    const int64_t align = integer();
    const int64_t count = integer();
    if (failed_ || size <= 0 || align <= 0 || align > 0x8000 || count < 0 || count > end_ - at_) return fail();
    std::vector<ffi_type*> read;
    for (int64_t i = 0; i < count; i++) read.push_back(type(nesting + 1));
    read.push_back(nullptr);
    plan_.elements.push_back(std::move(read));
    ffi_type made{};
    made.size = static_cast<size_t>(size);
    made.alignment = static_cast<unsigned short>(align);
    made.type = FFI_TYPE_STRUCT;
    made.elements = plan_.elements.back().data();
    plan_.aggregates.push_back(made);
    return &plan_.aggregates.back();
  }

  const double* at_;
  const double* end_;
  Plan& plan_;
  bool failed_ = false;
};

const char* textOf(ffi_status status) {
  switch (status) {
    case FFI_BAD_TYPEDEF: return "libffi cannot call this signature: bad type";
    case FFI_BAD_ABI: return "libffi cannot call this signature: bad ABI";
    case FFI_BAD_ARGTYPE:
      return "libffi cannot call this signature: float and integers below 32 bits cannot be passed in '...'";
    default: return "libffi cannot call this signature";
  }
}

constexpr size_t roundUp(size_t value, size_t align) { return (value + align - 1) / align * align; }

// Room for the argument vector, a copy of every narrow slot and of every wide argument, and the result.
void measure(Plan& plan) {
  size_t bytes = plan.arguments.size() * (sizeof(void*) + sizeof(uint64_t));
  plan.scratchAlign = plan.result->alignment > 16 ? plan.result->alignment : 16;
  for (const Argument& argument : plan.arguments) {
    if (!argument.isWide) continue;
    const size_t align = argument.type->alignment > 16 ? argument.type->alignment : 16;
    if (align > plan.scratchAlign) plan.scratchAlign = align;
    bytes = roundUp(bytes, align) + roundUp(argument.type->size, 16);
  }
  bytes = roundUp(bytes, plan.scratchAlign) + roundUp(plan.result->size, 16) + 16;
  plan.scratchBytes = bytes + plan.scratchAlign;
}

bool describe(Plan& plan, Reader& reader, int64_t* fixed) {
  *fixed = reader.integer();
  plan.result = reader.type();
  plan.resultIsWide = reader.integer() != 0;
  plan.slotCount = static_cast<uint32_t>(reader.integer());
  const int64_t count = reader.integer();
  if (plan.slotCount > slot::CALLBACKS - slot::ARGUMENTS || count < 0 || count > 2 * plan.slotCount) return false;
  for (int64_t i = 0; i < count && !reader.failed(); i++) {
    const auto at = static_cast<uint32_t>(reader.integer());
    const int64_t passing = reader.integer();
    ffi_type* type = reader.type();
    if (at >= plan.slotCount || type == &ffi_type_void) return false;
    const bool isReference = passing == 2;
    const bool isNumber = passing == 3;
    plan.arguments.push_back({type, at, passing != 0 && !isNumber, isReference, isNumber});
    plan.types.push_back(isReference ? &ffi_type_pointer : type);
  }
  return !reader.failed() && reader.isAtEnd();
}

}  // namespace

// plan(description) -> address of a Plan, which lives as long as the environment
static napi_value plan(napi_env env, napi_callback_info info) {
  Arguments given(env, info, "rawffi.plan: expected the Float64Array of a signature");
  size_t length = 0;
  const auto* description = static_cast<const double*>(given.typedArray(0, napi_float64_array, &length));
  if (given.failed()) return nullptr;
  auto made = std::make_unique<Plan>();
  made->env = env;
  Reader reader(description, length, *made);
  int64_t fixed;
  if (!describe(*made, reader, &fixed)) {
    given.fail();
    return nullptr;
  }
  measure(*made);
  const auto count = static_cast<unsigned>(made->types.size());
  const ffi_status status = fixed < 0
                                ? ffi_prep_cif(&made->cif, FFI_DEFAULT_ABI, count, made->result, made->types.data())
                                : ffi_prep_cif_var(&made->cif, FFI_DEFAULT_ABI, static_cast<unsigned>(fixed), count,
                                                   made->result, made->types.data());
  if (status != FFI_OK) {
    napi_throw_type_error(env, nullptr, textOf(status));
    return nullptr;
  }
  const Plan* address = made.get();
  Environment::of(env)->plans.push_back(std::move(made));
  return fromAddress(env, address);
}

#ifndef FFI_VERSION_NUMBER
#define FFI_VERSION_NUMBER 0
#endif

bool registerPlan(napi_env env, napi_value exports) {
  return putFunction(env, exports, "plan", plan) && putNumber(env, exports, "libffiVersion", FFI_VERSION_NUMBER);
}

}  // namespace rawffi
