// Any bytes as a model file: as they are, and once more with size and checksum made right, so that the checks of the
// structure behind them are reached. The rows of a model that opens are unpacked; it is used and must survive being
// written and read again.
#include "model/model_file.h"

#include <algorithm>
#include <cstdlib>

#include "base/hash.h"
#include "model/kept_rows.h"

namespace {

using namespace flowsift;

constexpr std::size_t kSizeAt = 16;
constexpr std::size_t kChecksumBytes = 32;
constexpr std::uint64_t kMostBytes = 16 << 20;  // Of unpacked rows: a fuzzer's memory is small.

void use(base::Bytes file) {
    auto model = model::parse_model(file, "fuzz");
    if (!model) return;
    for (const model::Stage& stage : model->stages) {
        const std::vector<float> row(stage.forest.feature_count, 1.0F);
        std::vector<float> probabilities(stage.forest.class_count);
        stage.forest.predict(row, probabilities);
    }
    if (!model->kept_rows.empty()) {
        const auto rows = model::unpack_rows(model->kept_rows, model->schema.size(), model->classes.size(), kMostBytes);
        if (rows && !model::pack_rows(*rows)) std::abort();
    }
    if (!model->check_servable()) return;
    const auto written = model::format_model(*model);
    if (!written || !model::parse_model(*written, "written")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    use({data, size});
    if (size < kSizeAt + 8 + kChecksumBytes) return 0;
    std::vector<std::uint8_t> file(data, data + size);
    for (std::size_t byte = 0; byte < 8; ++byte) file[kSizeAt + byte] = static_cast<std::uint8_t>(size >> 8 * byte);
    const auto checksum = base::sha256(base::Bytes(file).first(size - kChecksumBytes));
    std::copy(checksum.begin(), checksum.end(), file.end() - kChecksumBytes);
    use(file);
    return 0;
}
