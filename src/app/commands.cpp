#include "app/command.h"

namespace flowsift::app {
namespace {

constexpr Command kCommands[] = {
    {"flows", "Captures to rows: one row of features per flow",
     "flowsift flows office.pcapng -o office.csv\n"
     "flowsift flows day1.pcap.gz day2.pcap.zst --profile cicflowmeter -o week.csv\n"
     "flowsift flows office.pcapng --schema cic+tcp+host --checkpoint 8,1s -o office.csv\n"
     "tcpdump -w - | flowsift flows - -o -",
     configure_flows},
    {"label", "Ground truth: set the Label column of rows by rules (capture, time, address, port)",
     "flowsift label rules.toml flows.csv -o labelled.csv\n"
     "flowsift label rules.toml flows.csv          (labels the file in place)",
     configure_label},
    {"train", "Labelled CSVs, or captures with rules, to a model",
     "flowsift train labelled.csv -o model.fsm\n"
     "flowsift train lab.pcap.zst --rules lab.rules.toml -o model.fsm\n"
     "flowsift train Monday.csv Friday.csv --split five-tuple --trees 200 -o model.fsm --report report.html",
     configure_train},
    {"evaluate", "How good a model is on labelled data it has not seen",
     "flowsift evaluate model.fsm labelled.csv --report report.html\n"
     "flowsift evaluate model.fsm heldout.pcap.zst --rules heldout.rules.toml\n"
     "flowsift evaluate office.fsm lab.fsm office.csv lab.csv --report cross.html",
     configure_evaluate},
    {"classify", "A label and the probability of each class for every flow of a capture or CSV",
     "flowsift classify model.fsm office.pcap -o predictions.csv\n"
     "flowsift classify model.fsm flows.csv -o -",
     configure_classify},
    {"watch", "Watch an interface or replay a capture: a verdict per flow, alerts as they arise",
     "flowsift watch model.fsm -i eth0 --eve eve.json\n"
     "flowsift watch model.fsm -i eth0 --filter 'not port 22' --record seen.pcap\n"
     "flowsift watch model.fsm -r lab.pcap.zst --speed 10\n"
     "flowsift watch --config flowsift.toml        (flowsift config help lists the keys)",
     configure_watch, Confinement::kByItself},
    {"serve", "The dashboard: see traffic and alerts, start and stop captures, train and activate models",
     "flowsift serve ~/flowsift\n"
     "sudo flowsift serve /var/lib/flowsift --user flowsift -i eth0\n"
     "flowsift serve /tmp/demo -r lab.pcap.zst --speed 10 --repeat",
     configure_serve, Confinement::kByItself},
    {"alerts", "The alerts that a store keeps, with their numbers and what analysts said of them",
     "flowsift alerts --store /var/lib/flowsift/store.db --most 20\n"
     "flowsift alerts --store /var/lib/flowsift/store.db --state open --filter 'severity:high not src:10.0.0.0/8' "
     "--sort -flows\n"
     "flowsift alerts 17 --store /var/lib/flowsift/store.db",
     configure_alerts},
    {"feedback", "An analyst's word on an alert, kept in the store",
     "flowsift feedback 17 right --store /var/lib/flowsift/store.db\n"
     "flowsift feedback 18 wrong --class BENIGN --store /var/lib/flowsift/store.db",
     configure_feedback},
    {"adapt", "A model trained again, with traffic of your own as benign and what analysts said of alerts",
     "flowsift adapt model.fsm --benign monday.pcap tuesday.pcap -o adapted.fsm\n"
     "flowsift adapt model.fsm --benign flows.csv --store /var/lib/flowsift/store.db -o model.fsm\n"
     "flowsift adapt model.fsm --benign office.pcap --trust 10.0.0.7 -o adapted.fsm",
     configure_adapt},
    {"config", "Check or show the configuration of `watch`, or list its keys",
     "flowsift config check flowsift.toml\n"
     "flowsift config show flowsift.toml\n"
     "flowsift config help",
     configure_config},
    {"interfaces", "What can be captured from here, and why not", "flowsift interfaces", configure_interfaces,
     Confinement::kByItself},
    {"model", "What a model file holds: schema, classes, where it comes from, how good it was",
     "flowsift model model.fsm\n"
     "flowsift model model.fsm --json",
     configure_model},
    {"features", "The catalogue: every feature with its unit and definition",
     "flowsift features\n"
     "flowsift features --markdown > docs/features.md",
     configure_features},
    {"bench", "How fast your traffic would be worked on here: packets per second of a core, memory, a verdict's cost",
     "flowsift bench office.pcapng\n"
     "flowsift bench office.pcapng model.fsm --json\n"
     "flowsift bench detect model.fsm lab.pcap.zst --rules lab.rules.toml",
     configure_bench},
};

}  // namespace

std::span<const Command> commands() {
    return kCommands;
}

}  // namespace flowsift::app
