#include "features/schema.h"

namespace flowsift::features {

const Schema& cic_schema() {
    static const Schema kSchema = [] {
        Schema schema{"cic", {}};
        for (std::size_t i = 0; i < catalogue().size(); ++i) schema.features.push_back(static_cast<FeatureId>(i));
        return schema;
    }();
    return kSchema;
}

base::Result<Schema> find_schema(std::string_view name) {
    if (name == cic_schema().name) return cic_schema();
    return base::Error{"unknown feature schema '" + std::string(name) + "'; there is: cic", base::ErrorKind::kUsage};
}

}  // namespace flowsift::features
