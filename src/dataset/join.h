// join: rows of one table behind those of another. A pure function.
#pragma once

#include "dataset/table.h"

namespace flowsift::dataset {

/// Appends all rows of `from`, with what is known of their hosts and depths; sources keep their names.
/// Precondition: both have one schema and one list of classes.
void append_rows(const Table& from, Table& to);

}  // namespace flowsift::dataset
