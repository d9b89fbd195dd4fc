#include "features/schema.h"

#include "features/feature_group.h"

namespace flowsift::features {

const Schema& cic_schema() {
    static const Schema kSchema = [] {
        Schema schema{"cic", {}};
        const std::size_t size = feature_groups()[static_cast<std::size_t>(GroupId::kCic)].features.size();
        for (std::size_t i = 0; i < size; ++i) schema.features.push_back(static_cast<FeatureId>(i));
        return schema;
    }();
    return kSchema;
}

base::Result<Schema> find_schema(std::string_view name) {
    if (name == cic_schema().name) return cic_schema();
    return base::Error{"unknown feature schema '" + std::string(name) + "'; there is: cic", base::ErrorKind::kUsage};
}

}  // namespace flowsift::features
