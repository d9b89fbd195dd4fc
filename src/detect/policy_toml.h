// Policy as a person writes it: the table [alerts] of a configuration file.
//
// Read when the program starts and again at each SIGHUP. The keys are three tables (of [alerts], of a class, of an
// allowance) in policy_toml.cpp; help is made from them. Any thread.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/toml_document.h"
#include "detect/policy.h"

namespace flowsift::detect {

/// `alerts`: the table [alerts], or nullptr for the defaults; `name` stands for the file in messages. Errors
/// (kConfiguration), with line and column: an unknown key, a value of another kind, a class that the model lacks.
/// `threshold`: stands in for the one of [alerts], for those who state it elsewhere; not for those of its classes.
base::Result<Policy> parse_policy(const toml::table* alerts, const std::string& name, const model::Model& model,
                                  std::optional<float> threshold = {});

/// Every key with what it is for and what it accepts, and an example.
std::string policy_help();

}  // namespace flowsift::detect
