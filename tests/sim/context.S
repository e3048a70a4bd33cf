/* The only part that knows the machine: x86-64, System V. */
	.text
	.globl context_switch, context_vfork_return, sim_vfork
	.type context_switch, @function
	.type context_vfork_return, @function
	.type sim_vfork, @function

/* context_switch(void **save, void *load) */
context_switch:
	push %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, (%rdi)
	mov %rsi, %rsp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbx
	pop %rbp
	ret

/* sim_vfork returns twice on one stack: where to is kept in registers, as the caller's child will
 * write over the stack below. */
sim_vfork:
	pop %rdx
	lea context_registers(%rip), %rax
	mov %rdx, 0(%rax)
	mov %rbx, 8(%rax)
	mov %rbp, 16(%rax)
	mov %r12, 24(%rax)
	mov %r13, 32(%rax)
	mov %r14, 40(%rax)
	mov %r15, 48(%rax)
	mov %rsp, 56(%rax)
	push %rdx
	jmp vfork_begin

/* context_vfork_return(void **save, uint64_t const registers[8], int pid): the second time. */
context_vfork_return:
	push %rbp
	push %rbx
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, (%rdi)
	mov %edx, %eax
	mov 8(%rsi), %rbx
	mov 16(%rsi), %rbp
	mov 24(%rsi), %r12
	mov 32(%rsi), %r13
	mov 40(%rsi), %r14
	mov 48(%rsi), %r15
	mov 56(%rsi), %rsp
	jmp *0(%rsi)

	.section .note.GNU-stack, "", @progbits
