#include "bench/corrected_rows.h"

#include "dataset/load.h"

namespace flowsift::bench {

base::Result<dataset::Table> load_corrected_rows(const std::string& csv) {
    dataset::LoadOptions options;
    const features::Schema& cic = features::cic_schema();
    for (std::size_t i = 0; i < cic.size(); ++i)
        if (cic.feature(i).use == features::FeatureUse::kDefault)
            options.features.only.emplace_back(cic.feature(i).name);
    auto loaded = dataset::load_csv_files({csv}, options);
    if (!loaded) return loaded.error();
    return std::move(loaded.value().table);
}

std::vector<float> row_major(const dataset::Table& table) {
    std::vector<float> matrix;
    matrix.reserve(table.rows() * table.columns.size());
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (const auto& column : table.columns) matrix.push_back(column[row]);
    return matrix;
}

}  // namespace flowsift::bench
