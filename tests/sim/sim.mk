# The simulation (DESIGN.md). Each daemon is one object, made of the objects of its program: the names of
# its calls become the model's, all its own names are hidden, and what it keeps in static memory is a
# section that can be exchanged for another process's.

$(BUILD)/obj/tests/sim/%.o: PRIVATE_INCLUDE := -O2 -Irunsv -Isvlogd

$(BUILD)/obj/tests/sim/context.o: tests/sim/context.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# The same, but for a step between its stores.
$(BUILD)/obj/tests/sim/ledger.o: svlogd/ledger.c tests/sim/fences.h $(BUILD)/include/.ok
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -include tests/sim/fences.h -MMD -MP -c -o $@ $<

define sim
$(BUILD)/sim/$(1).o: $(addprefix $(BUILD)/obj/,$(patsubst svlogd/ledger.o,tests/sim/ledger.o,$($(1)_OBJ))) $(BUILD)/obj/lib.a objects.mk
	@mkdir -p $$(@D)
	@echo 'SECTIONS { sim_$(1) : { *(.data .data.* .bss .bss.* COMMON) } }' >$(BUILD)/sim/$(1).ld
	@$$(CC) -r -nostdlib -no-pie -Wl,-T,$(BUILD)/sim/$(1).ld -o $$@.all $$(filter-out %.mk,$$^) $$(filter -L%,$$(LDFLAGS)) $$(LDLIBS)
	@nm -u $$@.all | awk 'BEGIN { split("$(sim_PURE)", a, " "); for (i in a) pure[a[i]] } \
		!($$$$2 in pure) { print $$$$2, "sim_" $$$$2 } END { print "main sim_main_$(1)" }' >$(BUILD)/sim/$(1).calls
	@objcopy --keep-global-symbol=main $$@.all $$@.local
	objcopy --redefine-syms=$(BUILD)/sim/$(1).calls $$@.local $$@
endef
$(foreach p,$(sim_PROGRAMS),$(eval $(call sim,$(p))))

# A call that the model lacks ends the seed in which it is made.
$(BUILD)/sim/missing.c: $(sim_OBJ:%=$(BUILD)/obj/%) $(sim_PROGRAMS:%=$(BUILD)/sim/%.o)
	@{ nm --defined-only $(filter $(BUILD)/obj/%,$^); nm -u $(filter $(BUILD)/sim/%,$^); } | awk ' \
		BEGIN { print "int lacks(char const *);" } NF == 3 { known[$$3] } \
		$$1 == "U" && $$2 ~ /^sim_/ && !($$2 in known) { known[$$2]; \
		printf "int %s(void);\nint %s(void)\n{\n\treturn lacks(\"%s\");\n}\n", $$2, $$2, substr($$2, 5) }' >$@

$(BUILD)/sim/missing.o: $(BUILD)/sim/missing.c
	$(CC) $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/sim: $(sim_OBJ:%=$(BUILD)/obj/%) $(BUILD)/sim/missing.o $(sim_PROGRAMS:%=$(BUILD)/sim/%.o) $(BUILD)/obj/lib.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

sim-program: $(BUILD)/tests/sim

# SEED=n: that one; with T=seconds, those from there on. Without: all that ever failed, and fresh ones.
SIM_TIME = $(if $(filter command,$(origin T)),-t $(T))
sim: $(BUILD)/tests/sim
ifdef SEED
	@$< $(if $(V),-vv) $(SIM_TIME) $(SEED)
else
	@$< -f tests/sim/seeds
	@$< -t $(T) "$$(date +%s)000"
endif

sim-mutants: $(BUILD)/tests/sim
	@for m in $$($< -l); do $< -q -m $$m -t $(T) 1 >$(BUILD)/sim/mutant && { cat $(BUILD)/sim/mutant; \
		echo "$$m was not found"; exit 1; }; echo "$$m: $$(head -n 1 $(BUILD)/sim/mutant)"; done
